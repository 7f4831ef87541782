"""A run's folder, with the methods that export its vectors, its model, and the script that reproduces it."""

from __future__ import annotations

from pathlib import Path

from embedviz.store.run_folder import RunFolder


class ExportableRun(RunFolder):
    """A run that can be exported; parameters and errors are those of RunFolder."""

    def export_vectors(self, path: str | Path, to: str, *, space: str | None = None) -> None:
        """Write the vectors of a space as a file or a folder that other tools open.

        Parameters
        ----------
        path : str or Path
            The file or folder.
        to : str
            "hugging-face" (a folder with a model card, for sentence-transformers and model2vec), "embedding" (the weights of
            an nn.Embedding), "projector-folder", or a format of `EmbeddingSpace.save`.
        space : str, optional
            Which of the run's spaces; by default the main one.

        Raises
        ------
        SettingsError
            For another name, or a folder that holds something else.
        """
        from embedviz.exports.vector_exports import find_vector_export

        find_vector_export(to).write(self.space if space is None else self.spaces[space], Path(path), self)

    def push_to_hub(
        self,
        repository: str,
        *,
        token: str | None = None,
        space: str | None = None,
        endpoint: str | None = None,
        private: bool = True,
    ) -> str:
        """Upload the vectors of a space to huggingface.co as a folder with a model card; needs the extra `hub`.

        Parameters
        ----------
        repository : str
            "name/repository", which is made where it is missing. Its files of the same names are replaced.
        token : str, optional
            With write access; by default HF_TOKEN, or the one that `hf auth login` keeps. It is neither logged nor stored.
        space : str, optional
            Which of the run's spaces; by default the main one.
        endpoint : str, optional
            Another server that speaks the hub's protocol, by https or on this machine; by default HF_ENDPOINT. A token that is
            kept is not sent there.
        private : bool, optional
            Whether a repository that is made is private.

        Returns
        -------
        str
            The repository's address.

        Raises
        ------
        HubError
            When the hub refuses, or cannot be reached.
        SettingsError
            For a name or an address that cannot be right, and without a token.
        """
        from embedviz.exports.hub import hub_target, upload
        from embedviz.exports.hugging_face import hugging_face_files

        target = hub_target(repository, token, endpoint)
        files = hugging_face_files(self.space if space is None else self.spaces[space], self)
        return upload(files, target, private=private)

    def make_again(self, path: Path | str, *, with_data: bool = True) -> None:
        """Write a zip that reproduces the run: settings, data, seed, versions, and a short script that compares the figures.

        Parameters
        ----------
        path : Path or str
            The zip.
        with_data : bool, optional
            Put the data into it; else its SHA-256 says which files have to be put beside the script.

        Raises
        ------
        RunError
            For a run that is not a training, has not reached its end, or whose data was deleted.
        DataError
            When a file of the data that stays where it is has gone or was changed.
        SettingsError
            When the path is a folder, or the one around it is missing.
        """
        from embedviz.exports.formats import write_archive, writer_of

        write_archive(self, Path(path), writer_of("again" if with_data else "again-without-data"))

    def show_pytorch(self) -> str:
        """Return the model as a page of plain PyTorch, without embedviz: network, preparation, loss and prediction.

        Returns
        -------
        str
            Python source. `export_pytorch` writes it beside the files that it reads.

        Raises
        ------
        RunError
            While the run has no model, for opened vectors, and for a model that has no page.
        """
        from embedviz.exports.pytorch_folder import pytorch_page

        return pytorch_page(self).script

    def export_pytorch(self, folder: Path | str) -> Path:
        """Write the model as plain PyTorch: model.py, its weights and values, and examples with this run's answers.

        Parameters
        ----------
        folder : Path or str
            An empty folder, or one that is not there yet.

        Returns
        -------
        Path
            The folder. ``python FOLDER/model.py`` compares its answers with the run's, to 1e-5.

        Raises
        ------
        RunError
            As `show_pytorch`.
        SettingsError
            When the folder holds files.
        """
        from embedviz.exports.formats import export_run

        return export_run(self, Path(folder), "pytorch")

    def export_onnx(self, path: Path | str) -> Path:
        """Write the predictor as an ONNX graph for batches of any size. Needs the package onnx (the extra ``onnx``).

        Beside it go a JSON file and a short script of the same name, which turn rows into the graph's tensors.

        Parameters
        ----------
        path : Path or str
            Ends in .onnx; the folder has to exist.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        RunError
            For a model that does not predict, and while there is none.
        SettingsError
            When the path ends otherwise, onnx is not installed, or a file of the same name is there that no export wrote.
        """
        from embedviz.exports.onnx_file import export_onnx

        return export_onnx(self, Path(path))
