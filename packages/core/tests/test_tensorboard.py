"""Event files: their records and what they tell, read back by a reader of its own."""

import struct
import zlib

import pytest

import lucet
from lucet.utils.tensorboard import SummaryWriter, _events


def records(path):
    data, at = path.read_bytes(), 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        body = data[at + 12 : at + 12 + length]
        assert data[at : at + 16 + length] == _events.record(body)
        yield body
        at += 16 + length


def fields(data):
    """(field, value) of a protocol buffer: int, float or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 1:
            at += 8
            yield key >> 3, struct.unpack("<d", data[at - 8 : at])[0]
        elif key & 7 == 5:
            at += 4
            yield key >> 3, struct.unpack("<f", data[at - 4 : at])[0]
        else:
            length = varint()
            at += length
            yield key >> 3, data[at - length : at]


def told(folder):
    """(step, tag, the fields of the value) of the one file in a folder."""
    (path,) = [p for p in folder.iterdir() if p.is_file()]
    first, *rest = [dict(fields(body)) for body in records(path)]
    assert first[3] == b"brain.Event:2"
    for event in rest:
        value = dict(fields(dict(fields(event[5]))[1]))
        yield event.get(2, 0), value[1].decode(), value


def test_the_checksum_is_that_of_the_standard():
    # CRC-32C of "123456789" is e3069283; a record shows it masked
    crc = 0xE3069283
    assert _events._crc(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_numbers_and_texts(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", 0.5, 1)
        writer.add_scalar("loss", lucet.tensor(0.25, requires_grad=True), 300)
        writer.add_scalar("big", 1e300)
        writer.add_text("note", "*hello*", 2)
    got = list(told(tmp_path))
    assert [(step, tag, value.get(2)) for step, tag, value in got] == [
        (1, "loss", 0.5), (300, "loss", 0.25), (0, "big", float("inf")), (2, "note/text_summary", None),
    ]  # fmt: skip
    assert b"*hello*" in got[3][2][8] and b"text" in got[3][2][9]


def test_several_numbers_go_into_folders(tmp_path):
    writer = SummaryWriter(tmp_path, flush_secs=0)
    writer.add_scalars("acc", {"train": 0.5, "test": 0.25}, 7)
    assert [(step, tag, value[2]) for step, tag, value in told(tmp_path / "acc_test")] == [(7, "acc", 0.25)]
    writer.close()
    writer.add_scalar("later", 1)
    writer.close()


def test_histograms_count_every_value(tmp_path):
    x = lucet.tensor([0.0, 1.0, 1.0, -2.0, float("nan")])
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram("w", x, 3)
        writer.add_histogram("v", x, 3, bins=2)
        with pytest.raises(ValueError, match="no element"):
            writer.add_histogram("empty", [])
    (step, tag, value), (_, _, second) = told(tmp_path)
    parts = dict(fields(value[5]))
    assert (step, tag, [parts[i] for i in range(1, 6)]) == (3, "w", [-2, 1, 4, 0, 6])
    assert sum(struct.unpack(f"<{len(parts[7]) // 8}d", parts[7])) == 4
    assert struct.unpack("<2d", dict(fields(second[5]))[7]) == (1, 3)


def test_pictures_are_pngs(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_image("x", lucet.tensor([[[0.0, 0.5, 1.0], [1.0, 2.0, -1.0]]]), 1)
        writer.add_images("xs", lucet.ones(2, 3, 4, 5))
        for bad, axes in ((lucet.ones(2, 2), "CHW"), (lucet.ones(2, 2, 2), "CHW")):
            with pytest.raises(ValueError):
                writer.add_image("bad", bad, dataformats=axes)
    (_, _, value), (_, _, second) = told(tmp_path)
    picture = dict(fields(value[4]))
    assert (picture[1], picture[2], picture[3]) == (2, 3, 1)
    at = picture[4].index(b"IDAT")
    assert zlib.decompress(picture[4][at + 4 :]) == bytes([0, 0, 127, 255, 0, 255, 255, 0])
    assert [dict(fields(second[4]))[i] for i in (1, 2, 3)] == [4, 10, 3]


def test_settings_are_told_and_what_is_not_offered_says_so(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams({"lr": 0.1}, {"acc": 0.9})
        with pytest.raises(NotImplementedError):
            writer.add_graph(None)
    assert [tag for _, tag, _ in told(tmp_path)] == ["hparams/text_summary", "acc"]
