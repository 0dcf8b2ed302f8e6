"""Downloads, against a server in this process: whole and right, or not at all. Nothing leaves the machine."""

import gzip
import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from idx_files import idx_bytes, images_and_labels, write_dataset

from lucet._errors import LoadError
from lucetvision.datasets import MNIST
from lucetvision.datasets._download import fetch

DATA = bytes(range(256)) * 500
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path)
        if answer is None:
            return self.send_error(404)
        body, length = answer if isinstance(answer, tuple) else (answer, len(answer))
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(answers):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.answers, server.asked = answers, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server
        finally:
            server.shutdown()
            thread.join()


def attempt(tmp_path, answers, urls, max_bytes=128_000):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with serving(answers) as (base, _):
        try:
            fetch([base + url for url in urls], str(target), md5=MD5, max_bytes=max_bytes, timeout_s=5)
        finally:
            assert [path.name for path in tmp_path.iterdir()] == ["file"]
    return target.read_bytes()


@pytest.mark.parametrize("length", [len(DATA), None])
def test_good_file_replaces_the_old_one(tmp_path, length):
    assert attempt(tmp_path, {"/a": (DATA, length)}, ["/a"]) == DATA


BAD = {
    "missing": (None, "HTTP Error 404"),
    "other content": (DATA[:-1] + b"x", "its md5 is .*, expected"),
    "cut connection": ((DATA[:1000], len(DATA)), "the connection ended after 1,000 of 128,000 bytes"),
    "announced too long": ((DATA, len(DATA) + 1), "it has 128,001 bytes, expected at most 128,000"),
    "endless": ((DATA * 3, None), "it has more than the expected 128,000 bytes"),
    "empty": (b"", "its md5 is"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_mirror_is_told_and_leaves_nothing(tmp_path, case):
    answer, reason = BAD[case]
    with pytest.raises(LoadError, match=f"(?s)download: no mirror serves file.*http://127.*/a: .*{reason}"):
        attempt(tmp_path, {"/a": answer}, ["/a"])
    assert (tmp_path / "file").read_bytes() == b"old"


def test_the_next_mirror_is_tried(tmp_path):
    assert attempt(tmp_path, {"/a": DATA[:9], "/c": DATA}, ["/a", "/b", "/c"]) == DATA


def test_only_http_addresses_and_unreachable_hosts(tmp_path):
    urls = ["file:///etc/hostname", "ftp://127.0.0.1/x", "http://127.0.0.1:9/x"]
    with pytest.raises(LoadError) as caught:
        fetch(urls, str(tmp_path / "file"), md5=MD5, max_bytes=10)
    assert [fact.rpartition("/")[2][:1] for fact in caught.value.facts] == ["h", "x", "x"]
    assert "not an http or https address" in caught.value.facts[0] and "refused" in caught.value.facts[2]
    assert list(tmp_path.iterdir()) == []


def packed_files(counts=(30, 20)):
    files = {}
    for seed, (split, count) in enumerate(zip(("train", "t10k"), counts, strict=True)):
        images, labels = images_and_labels(count, seed)
        files[f"{split}-images-idx3-ubyte.gz"] = gzip.compress(idx_bytes(images), mtime=0)
        files[f"{split}-labels-idx1-ubyte.gz"] = gzip.compress(idx_bytes(labels), mtime=0)
    return files


def dataset_class(base, files):
    class Served(MNIST):
        mirrors = [f"{base}/gone/", f"{base}/"]
        resources = [(name, hashlib.md5(data, usedforsecurity=False).hexdigest()) for name, data in files.items()]

    return Served


def test_dataset_downloads_what_is_missing_or_damaged(tmp_path):
    files = packed_files()
    with serving({f"/{name}": data for name, data in files.items()}) as (base, server):
        kind = dataset_class(base, files)
        assert len(kind(tmp_path, download=True)) == 30
        assert len(kind(tmp_path, train=False, download=True)) == 20
        assert len([path for path in server.asked if not path.startswith("/gone")]) == 4
        raw = tmp_path / "Served" / "raw"
        (raw / "train-labels-idx1-ubyte").write_bytes(b"damaged")
        server.asked.clear()
        with pytest.raises(LoadError, match="train-labels-idx1-ubyte is damaged"):
            kind(tmp_path)
        assert server.asked == []
        assert len(kind(tmp_path, download=True)) == 30
        assert server.asked == ["/gone/train-labels-idx1-ubyte.gz", "/train-labels-idx1-ubyte.gz"]
        assert sorted(path.name for path in raw.iterdir()) == sorted(files)


def test_files_directly_in_root_are_not_downloaded_again(tmp_path):
    write_dataset(tmp_path)
    with serving({}) as (base, server):
        kind = dataset_class(base, packed_files())
        assert len(kind(tmp_path, download=True)) == 40 and server.asked == []
