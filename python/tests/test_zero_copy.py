"""Arrays are shared, not copied: the same address in both directions, write-through, lifetimes, read-only, strides."""

from __future__ import annotations

import array
import gc
import io
import threading
import weakref

import numpy as np
import pytest
import swiftgan as sg

DTYPES = ["float32", "float64", "int32", "int64", "uint8", "bool"]
# NumPy before 2.1 exchanges neither bools nor read-only arrays through DLPack.
NEW_NUMPY = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
DLPACK_DTYPES = DTYPES if NEW_NUMPY else DTYPES[:-1]


class Owner(np.ndarray):
    """An array that can be watched dying."""


def owned(values):
    return np.array(values, dtype=np.float32).view(Owner)


@pytest.mark.parametrize("dtype", DTYPES)
def test_same_address_in_both_directions(dtype):
    x = np.zeros((3, 4), dtype)
    t = sg.asarray(x)
    assert t._address == x.ctypes.data
    assert t.numpy().ctypes.data == x.ctypes.data
    y = (t == t).numpy() if dtype == "bool" else (t + t).numpy()
    assert sg.asarray(y)._address == y.ctypes.data
    assert t.dtype == dtype
    assert t.numpy().dtype == np.dtype(dtype)


def test_writes_are_seen_on_the_other_side():
    x = np.zeros(4, np.float32)
    t = sg.asarray(x)
    x[1] = 5
    assert t.tolist() == [0, 5, 0, 0]
    t.numpy()[2] = 7
    assert x.tolist() == [0, 5, 7, 0]
    view = t.reshape(2, 2).T
    x[3] = 9
    assert view[1, 1].item() == 9
    made_here = sg.zeros(3)
    made_here.numpy()[0] = 3
    assert made_here.sum().item() == 3


def test_the_tensor_keeps_the_array_alive():
    x = owned([1, 2, 3])
    watch = weakref.ref(x)
    t = sg.asarray(x)
    view = t[1:]
    del x, t
    gc.collect()
    assert watch() is not None
    assert view.tolist() == [2, 3]
    del view
    gc.collect()
    assert watch() is None


def test_the_array_keeps_the_tensor_alive():
    t = sg.arange(1000, dtype="float32") * 2
    watch = weakref.ref(t)
    x = t.numpy()
    del t
    gc.collect()
    noise = [sg.ones(1000) for _ in range(50)]
    assert watch() is not None
    assert (x == np.arange(1000) * 2).all()
    del x, noise
    gc.collect()
    assert watch() is None


def test_recorded_tensors_keep_the_array_alive():
    x = owned([1, 2, 3])
    watch = weakref.ref(x)
    _, pullback = sg.vjp(lambda t: t * t, x)
    del x
    gc.collect()
    assert pullback(sg.ones(3))[0].tolist() == [2, 4, 6]
    del pullback
    gc.collect()
    assert watch() is None


def test_read_only_is_honoured():
    x = np.arange(3.0)
    x.flags.writeable = False
    t = sg.asarray(x)
    assert t.readonly
    assert not t.numpy().flags.writeable
    assert not NEW_NUMPY or not np.from_dlpack(t).flags.writeable
    with pytest.raises(TypeError, match="read-write"):
        io.BytesIO(b"\0" * 64).readinto(t)
    assert not (t + 0).readonly
    assert sg.broadcast_to(sg.ones(1), (5,)).readonly
    assert sg.asarray(b"abc").readonly
    assert not sg.asarray(bytearray(b"abc")).readonly


def test_readinto_writes_through():
    t = sg.zeros(4, dtype="uint8")
    io.BytesIO(bytes([1, 2, 3, 4])).readinto(t)
    assert t.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "cut",
    [
        lambda x: x[::-1],
        lambda x: x[:, ::-2],
        lambda x: x.T,
        lambda x: x[1:2],
        lambda x: x[:, 1:1],
        lambda x: np.broadcast_to(x[:1], (5, 6)),
        lambda x: x.transpose().reshape(2, 3, 4)[:, ::2],
    ],
)
def test_any_strides_without_a_copy(cut):
    x = cut(np.arange(24, dtype=np.int64).reshape(4, 6))
    t = sg.asarray(x, copy=False)
    if x.size:
        assert t._address == x.__array_interface__["data"][0]
    assert t.shape == x.shape
    assert (t.numpy() == x).all()
    assert ((t + 1).numpy() == x + 1).all()
    assert t.numpy().strides == x.strides or x.size == 0 or 1 in x.shape


def test_only_what_must_be_copied_is():
    x = np.zeros(6, np.dtype([("a", "u1"), ("b", "<f4")]))["b"]  # elements at odd addresses
    assert not x.flags.aligned
    assert sg.asarray(x).tolist() == [0] * 6
    with pytest.raises(ValueError, match="aligned"):
        sg.asarray(x, copy=False)
    y = np.zeros(3)
    assert sg.asarray(y, copy=True)._address != y.ctypes.data
    assert sg.array(y)._address != y.ctypes.data
    with pytest.raises(ValueError, match="needs a copy"):
        sg.asarray(y, "float32", copy=False)
    t = sg.asarray(y)
    assert sg.asarray(t) is t


def test_other_exporters():
    assert sg.asarray(array.array("d", [1, 2])).dtype == "float64"
    assert sg.asarray(array.array("l", [1, 2])).dtype == "int64"
    assert sg.asarray(memoryview(b"\1\2")).tolist() == [1, 2]
    assert sg.asarray(memoryview(np.arange(6).reshape(2, 3))[::-1]).tolist() == [[3, 4, 5], [0, 1, 2]]
    assert sg.asarray(np.float32(2)).shape == ()
    assert sg.asarray(np.array(True)).item() is True


class Exporter:
    """An object with DLPack and nothing else."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **given):
        return self.array.__dlpack__(**given)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class OldExporter(Exporter):
    """One from before DLPack had versions."""

    def __dlpack__(self, stream=None):
        return self.array.__dlpack__()


@pytest.mark.parametrize("exporter", [Exporter, OldExporter])
@pytest.mark.parametrize("dtype", DLPACK_DTYPES)
def test_dlpack_in(exporter, dtype):
    x = np.arange(6).reshape(2, 3).astype(dtype)[:, ::-1]
    t = sg.asarray(exporter(x))
    assert t._address == x.__array_interface__["data"][0]
    assert t.dtype == dtype
    assert (t.numpy() == x).all()


def test_dlpack_in_lives_and_dies():
    x = owned([1, 2, 3])
    watch = weakref.ref(x)
    t = sg.asarray(Exporter(x))
    del x
    gc.collect()
    assert t.tolist() == [1, 2, 3]
    del t
    gc.collect()
    assert watch() is None


@pytest.mark.parametrize("dtype", DLPACK_DTYPES)
def test_dlpack_out(dtype):
    t = sg.asarray(np.arange(6).reshape(2, 3).astype(dtype))[:, ::2]
    x = np.from_dlpack(t)
    assert x.ctypes.data == t._address
    assert x.dtype == dtype
    assert (x == t.numpy()).all()
    assert t.__dlpack_device__() == (1, 0)
    values = t.tolist()
    del t
    gc.collect()
    assert x.tolist() == values


def test_dlpack_with_jax():
    jax = pytest.importorskip("jax")
    t = sg.arange(6, dtype="float32").reshape(2, 3)
    assert (np.asarray(jax.dlpack.from_dlpack(t)) == t.numpy()).all()
    assert sg.asarray(Exporter(jax.numpy.ones((2, 2)))).sum().item() == 4


def test_dlpack_says_no():
    t = sg.ones(2)
    with pytest.raises(BufferError, match="stream"):
        t.__dlpack__(stream=1)
    with pytest.raises(BufferError, match="CPU"):
        t.__dlpack__(dl_device=(2, 0))
    readonly = sg.asarray(b"ab")
    with pytest.raises(BufferError, match="read-only"):
        readonly.__dlpack__()
    with pytest.raises(TypeError, match="float16.*convert"):
        sg.asarray(Exporter(np.zeros(2, np.float16)))

    class Liar(Exporter):
        def __dlpack__(self, **given):
            return "no capsule"

    with pytest.raises(TypeError, match="capsule"):
        sg.asarray(Liar(np.zeros(2)))
    capsule = t.__dlpack__()
    del capsule  # never taken: must free itself


def test_buffers_are_let_go_of_on_other_threads():
    watches = []

    def drop(box):
        box.clear()

    for _ in range(20):
        x = owned([1, 2, 3])
        watches.append(weakref.ref(x))
        box = [sg.asarray(x) * 1, sg.asarray(x)]
        del x
        thread = threading.Thread(target=drop, args=(box,))
        thread.start()
        thread.join()
    gc.collect()
    assert not any(watch() for watch in watches)


def test_copy_to():
    t = sg.arange(6).reshape(2, 3)
    out = np.zeros((2, 3), np.int64)
    assert t.copy_to(out) is out
    assert (out == t.numpy()).all()
    strided = np.zeros((3, 2), np.int64).T
    assert (t.T.T.copy_to(strided) == t.numpy()).all()
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        t.copy_to(out)
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        t.copy_to(np.zeros((3, 2), np.int64))
    with pytest.raises(ValueError, match="float64"):
        t.copy_to(np.zeros((2, 3)))


def test_memory_does_not_grow():
    before = sg.get_config()["memory"]["in_use"]
    for _ in range(200):
        x = np.zeros((64, 64), np.float32)
        t = sg.asarray(x)
        (t @ t + 1).numpy()
        np.from_dlpack(t)
        memoryview(t)
        sg.grad(lambda v: (v * v).sum())(t)
    gc.collect()
    assert sg.get_config()["memory"]["in_use"] <= before + 64 * 64 * 4


def test_dlpack_copies_when_asked():
    x = sg.ones(4)
    shared, copied = np.from_dlpack(x, copy=False), np.from_dlpack(x, copy=True)
    assert np.shares_memory(shared, x.numpy())
    assert not np.shares_memory(copied, x.numpy())
    assert copied.tolist() == [1, 1, 1, 1]
