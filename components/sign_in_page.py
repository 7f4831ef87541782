"""The page that asks visitors to sign in, and the way out in the sidebar."""

from __future__ import annotations

import logging

import streamlit as st
from streamlit.errors import StreamlitAuthError

from components.session import plain
from components.sign_in import asks_for_sign_in, owner_of_claims

NOT_SET_UP = "Signing in is not set up on this server: its log says what is missing."
logger = logging.getLogger("embedviz.app")


def is_needed() -> bool:
    """Return True when the visitor has to sign in first."""
    return asks_for_sign_in() and owner_of_claims(st.user.to_dict()) is None


def show() -> None:
    """Show the button that leads to the identity provider."""
    st.title("Sign in")
    st.markdown("Your data, runs and maps on this server belong to your account. Sign in to see them.")
    if st.button("Sign in", type="primary"):
        try:
            st.login()
        except StreamlitAuthError:
            logger.exception("Signing in failed")
            st.error(NOT_SET_UP, icon=":material/error:")


def show_sign_out() -> None:
    """Show in the sidebar who is signed in, and the button that ends it."""
    if not asks_for_sign_in():
        return
    claims = st.user.to_dict()
    name = next((str(claims[key]) for key in ("email", "name", "preferred_username", "sub") if claims.get(key)), "")
    with st.sidebar:
        st.caption(plain(f"Signed in as {name}"))
        st.button("Sign out", on_click=st.logout)
