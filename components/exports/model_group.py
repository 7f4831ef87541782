"""Export of a run's model: plain PyTorch, and ONNX."""

from __future__ import annotations

import zipfile

import streamlit as st

from components.exports.prepared_file import show_prepared_zip
from embedviz.exports.export_job import Export
from embedviz.exports.pytorch_folder import SCRIPT
from embedviz.store.run_folder import RunFolder


def show_model_group(run: RunFolder) -> None:
    """Show the export formats of the model, each with who reads it."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Plain PyTorch**")
        st.caption(
            "To read, change or run the network without embedviz: one script of plain PyTorch, the weights, and the run's "
            "answers to compare with."
        )
        export = show_prepared_zip(run, "pytorch", "Show me the PyTorch")
    with right:
        st.markdown("**ONNX**")
        if run.predicts:
            st.caption("For onnxruntime, from Python, C++, Java or a browser: the predictor without PyTorch.")
            show_prepared_zip(run, "onnx", "Prepare the ONNX file")
        else:
            st.caption("This model does not predict, so there is no predictor to run elsewhere. Take its vectors.")
    if export is not None:
        st.code(_script(export), language="python", height=480)


def _script(export: Export) -> str:
    with zipfile.ZipFile(export.file) as archive:
        return archive.read(SCRIPT).decode("utf-8")
