"""What is kept and what runs: the store of runs, the jobs, the worker processes and their supervisor."""
