"""The training that is being set up: its data, column roles and earlier run; kept in the session and in the address."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from components import session
from components.navigation import is_history_step
from embedviz.core.errors import EmbedvizError
from embedviz.store.run_folder import RunFolder

if TYPE_CHECKING:
    from embedviz.store.dataset import Dataset

DRAFT = "draft"  # the address's ?draft=
DRAFT_KEY = "draft"  # the same in the session's state, as (draft, id of the run that was open)
FOLLOWED_KEY = "draft-address-followed"  # in the session's state once the address was looked at


@dataclass(frozen=True)
class TrainingDraft:
    """Initial values of the form on the Train page.

    Attributes
    ----------
    dataset_id
        The data to train on.
    roles
        Role -> column or, for roles that take several, columns.
    run_id
        The run whose model and settings are taken over; empty for none.
    """

    dataset_id: str
    roles: dict[str, str | list[str]] = field(default_factory=dict)
    run_id: str = ""

    @classmethod
    def from_run(cls, run: RunFolder) -> TrainingDraft:
        """Return the draft that repeats a run, on the same split where a column gave it."""
        from embedviz.jobs.repeats import given_split_column

        roles = {role: column for role, column in run.columns.items() if column}
        if column := given_split_column(run):
            roles["split"] = column
        return cls(run.data["id"], roles, run.id)

    def dataset(self) -> Dataset:
        """Open the data. EmbedvizError when it was deleted or belongs to somebody else."""
        dataset = session.store().dataset(self.dataset_id)
        if dataset.owner != session.owner():
            raise EmbedvizError("This data belongs to another visitor. Upload your own copy to train on it.")
        return dataset

    def run(self) -> RunFolder | None:
        """Open the run whose settings are taken over; None when there is none or it was deleted."""
        if not self.run_id:
            return None
        try:
            return session.store().run(self.run_id)
        except EmbedvizError:
            return None


def open_draft(draft: TrainingDraft) -> None:
    """Make this the draft that the Train page shows."""
    st.session_state[DRAFT_KEY] = draft, st.session_state.get(session.RUN_KEY)


def discard_draft() -> None:
    """Drop the draft, so that the Train page shows the open run."""
    st.session_state.pop(DRAFT_KEY, None)
    st.query_params.pop(DRAFT, None)


def current_draft() -> TrainingDraft | None:
    """Return the draft of this session or, after a reload, the one in the address; None once another run was opened."""
    open_run = st.session_state.get(session.RUN_KEY)
    is_first = not st.session_state.get(FOLLOWED_KEY)
    st.session_state[FOLLOWED_KEY] = True
    if (is_first or is_history_step()) and (found := _parse(st.query_params.get(DRAFT, ""))):
        st.session_state[DRAFT_KEY] = found, open_run
    if DRAFT_KEY not in st.session_state:
        return None
    draft, run_at_start = st.session_state[DRAFT_KEY]
    if run_at_start != open_run:
        discard_draft()
        return None
    written = json.dumps(asdict(draft), sort_keys=True)
    if st.query_params.get(DRAFT) != written:
        st.query_params[DRAFT] = written
    return draft


def _parse(written: str) -> TrainingDraft | None:
    """Return the draft of an address; None when the address was damaged."""
    try:
        draft = TrainingDraft(**json.loads(written))
        columns = [name for named in draft.roles.values() for name in ([named] if isinstance(named, str) else named)]
        texts: list[object] = [draft.dataset_id, draft.run_id, *draft.roles, *columns]
    except (ValueError, TypeError, AttributeError):
        return None
    return draft if all(isinstance(text, str) for text in texts) else None
