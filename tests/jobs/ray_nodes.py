"""Ray clusters of several nodes on this machine. Some nodes do not see the store: a mount of their own covers its folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.jobs.waiting import wait_for

NODE = ("--num-cpus=1", "--object-store-memory=150000000", "--min-worker-port=0", "--max-worker-port=0", "--block")
RAY_S = 240.0  # that starting a node or a task may take on a busy machine
OWN_MOUNTS = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def can_hide_folders():
    """True where this process may give another one a mount of its own, as root may."""
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*OWN_MOUNTS, "true"], capture_output=True).returncode == 0
    )


class Nodes:
    """A Ray cluster whose head trains nothing and whose nodes have one core each. Its files are in a folder of its own."""

    def __init__(self):
        from ray._common.utils import get_default_ray_temp_dir
        from ray.cluster_utils import Cluster

        Path(get_default_ray_temp_dir()).mkdir(exist_ok=True)  # Ray writes its address there
        self.folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # Ray's sockets need a short path
        head = {
            "num_cpus": 0,
            "include_dashboard": False,
            "temp_dir": str(self.folder),
            "_system_config": {
                "health_check_period_ms": 1000,  # a node that was killed is noticed soon
                "worker_niceness": 0,  # beside the other tests, a process of low priority gets next to nothing
                "worker_register_timeout_seconds": 300,
            },
        }
        self.cluster = Cluster(initialize_head=True, head_node_args=head, shutdown_at_exit=False)
        self.nodes, self._hidden = [], []

    @property
    def address(self):
        return self.cluster.address

    def add(self, **environment):
        self.nodes.append(self.cluster.add_node(num_cpus=1, env_vars=environment))

    def kill_node(self, node):
        """Kill the node's processes, the run that it works on included."""
        self.nodes.remove(node)
        self.cluster.remove_node(node, allow_graceful=False)

    def add_without(self, folder):
        """Add a node for which another folder lies over this one: it sees nothing in it, and keeps its cache there."""
        known = set(self._alive())
        ray = f"exec {sys.executable} -m ray.scripts.scripts start --address={self.address} {' '.join(NODE)}"
        log_file = self.folder / f"node-{len(self._hidden)}.log"
        with open(log_file, "wb") as log:
            process = subprocess.Popen(
                [*OWN_MOUNTS, "sh", "-c", f"mount -t tmpfs none {folder} && {ray}"],
                env={**os.environ, "EMBEDVIZ_NODE_CACHE": f"{folder}/cache"},
                stdout=log,
                stderr=log,
            )
        self._hidden.append(process)
        wait_for(lambda: set(self._alive()) - known or process.poll(), RAY_S, what="a node that does not see the store")
        assert process.poll() is None, log_file.read_text()
        return process

    def kill(self, process):
        """Kill a node of `add_without` with all its processes."""
        self._hidden.remove(process)
        process.kill()
        process.wait()

    def _alive(self):
        return [node["NodeID"] for node in self.cluster.global_state.node_table() if node["Alive"]]

    def kill_head(self):
        self.cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)

    def close(self):
        for process in list(self._hidden):
            self.kill(process)
        self.cluster.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)
