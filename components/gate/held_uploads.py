"""What Streamlit holds in memory of the files that visitors uploaded."""

from __future__ import annotations

from typing import Protocol

from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


class HeldUploads(Protocol):
    """The files that the server holds, by session. A session is active while its page is connected."""

    def is_active(self, session: str) -> bool:
        """Return True while the session's page is connected."""
        ...

    def sizes(self) -> dict[str, list[int]]:
        """Return the bytes of each file that is held, by session."""
        ...

    def drop(self, session: str) -> None:
        """Forget the files of a session."""
        ...


class StreamlitUploads:
    """The files that Streamlit holds. It keeps those of a closed page until some later page closes."""

    def is_active(self, session: str) -> bool:
        """Return True while the session's page is connected."""
        return Runtime.instance().is_active_session(session)

    def sizes(self) -> dict[str, list[int]]:
        """Return the bytes of each file that is held, by session."""
        manager = Runtime.instance().uploaded_file_mgr
        assert isinstance(manager, MemoryUploadedFileManager)
        held = {session: dict(files) for session, files in list(manager.file_storage.items())}
        return {session: [len(file.data) for file in files.values()] for session, files in held.items() if files}

    def drop(self, session: str) -> None:
        """Forget the files of a session."""
        Runtime.instance().uploaded_file_mgr.remove_session_files(session)
