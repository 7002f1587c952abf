"""The package as part of a process: import, Ctrl-C, fork, threads that outlive things, the interpreter's end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import swiftgan as sg

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def hear_ctrl_c():
    # A shell's background jobs, and so a suite run as one, ignore Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(code, **options):
    command = [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(code)]
    return subprocess.Popen(
        command,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
        **options,
    )


def finish(process, timeout):
    """Return what a process printed; one that does not end is ended, and the test fails."""
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


def run(code, timeout=120):
    process = start(code)
    out, errors = finish(process, timeout)
    assert process.returncode == 0, f"status {process.returncode}\n{out}\n{errors}"
    return out


def test_import_needs_numpy_alone():
    """tqdm, matplotlib and Pillow cost a feature when they are missing, never an import."""
    out = run(
        """
        import sys
        blocked = ("tqdm", "matplotlib", "PIL", "sklearn", "scipy", "pandas")
        class Block:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in blocked:
                    raise ImportError("blocked")
        sys.meta_path.insert(0, Block())
        import swiftgan as sg
        images, _ = sg.datasets.load_digits()
        model = sg.GAN(batch_size=64, verbose=True, random_state=0).fit(images, steps=3)
        assert model.sample(4).shape == (4, 8, 8, 1)
        for draw in (lambda: sg.viz.save_grid(images[:4], "x.png"), lambda: sg.viz.plot_history(model.history_)):
            try:
                draw()
            except ImportError as error:
                print(error)
        print(*(name for name in blocked if name in sys.modules))
        """
    )
    assert "pip install 'pillow'" in out
    assert "pip install 'matplotlib'" in out
    assert out.splitlines()[-1] == ""


def test_import_is_quick(tmp_path, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPYCACHEPREFIX", str(tmp_path))
    monkeypatch.delitem(ENVIRONMENT, "PYTHONDONTWRITEBYTECODE", raising=False)
    code = """
        import sys, numpy, time
        began = time.perf_counter()
        import swiftgan
        print((time.perf_counter() - began) * 1e3)
        print(*(name for name in ("tqdm", "matplotlib", "PIL", "sklearn") if name in sys.modules))
        """
    first, *others = run(code).splitlines()
    assert others == [""]
    # What else the machine does only adds: the quickest of many is what it takes.
    times = [float(first)]
    while min(times) >= 30 and len(times) < 40:
        times.append(float(run(code).splitlines()[0]))
    assert min(times) < 30, times


@pytest.mark.parametrize("signals", [1, 2])
def test_ctrl_c_stops_at_a_step_boundary(signals):
    """KeyboardInterrupt arrives, the model samples, saves and goes on, and its history is whole."""
    process = start(
        """
        import os, sys, tempfile
        import numpy as np, swiftgan as sg
        images, _ = sg.datasets.load_digits()
        model = sg.DCGAN(width=8, batch_size=64, random_state=0, verbose=False)
        told = sg.callbacks.LambdaCallback(on_step_end=lambda m, step, metrics: step == 3 and print("go", flush=True))
        try:
            model.fit(images, steps=10**9, callbacks=[told])
        except KeyboardInterrupt:
            steps = model.n_steps_
            history = model.history_
            assert steps >= 3 and all(len(v) == steps for v in history.values())
            again = sg.DCGAN(width=8, batch_size=64, random_state=0, verbose=False).fit(images, steps=steps)
            assert np.array_equal(model.sample(8, 0), again.sample(8, 0))
            model.partial_fit(images, steps=2)
            assert model.n_steps_ == steps + 2
            model.save(os.path.join(tempfile.mkdtemp(), "m.safetensors"))
            print("fine")
        """
    )
    assert process.stdout.readline() == "go\n"
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
    out, errors = finish(process, 60)
    if signals == 1:
        assert (process.returncode, out) == (0, "fine\n"), errors
    else:  # the second may fall on the check itself
        assert process.returncode == 0 or "KeyboardInterrupt" in errors


@pytest.mark.parametrize(
    "loop",
    [
        "model.fit(X, steps=10**9)",
        "trainer.fit(steps=10**9)",
        "trainer.step(10**9)",
        "trainer.fit(steps=10**9, verbose=True)",
    ],
)
def test_ctrl_c_ends_every_loop(loop):
    process = start(
        f"""
        import numpy as np, swiftgan as sg
        from swiftgan import nn
        X = np.random.default_rng(0).normal(size=(64, 2)).astype("f4")
        model = sg.GAN(hidden=[8], batch_size=32, verbose=False)
        players = [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", nn.Dense(100, 2))]
        trainer = sg.Trainer(sg.Game(players, "hinge"), X, batch_size=32)
        print("go", flush=True)
        try:
            {loop}
        except KeyboardInterrupt:
            print("stopped")
        """
    )
    assert process.stdout.readline() == "go\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, errors = finish(process, 60)
    assert (process.returncode, out) == (0, "stopped\n"), errors


def test_a_callback_may_raise_keyboard_interrupt():
    def interrupt(model, step, metrics):
        raise KeyboardInterrupt

    model = sg.GAN(hidden=[8], batch_size=8, verbose=False)
    with pytest.raises(KeyboardInterrupt):
        model.fit(np.zeros((16, 2), "f4"), steps=5, callbacks=[sg.callbacks.LambdaCallback(on_step_end=interrupt)])
    assert model.n_steps_ == 1


def test_a_forked_child_computes():
    out = run(
        """
        import os, sys
        import numpy as np, swiftgan as sg
        x = sg.random.normal((300, 300), key=sg.random.key(0))
        expected = (x @ x).sum().item()
        pid = os.fork()
        if pid == 0:
            same = (x @ x).sum().item() == expected
            sg.GAN(hidden=[8], batch_size=8, verbose=False).fit(np.zeros((16, 2), "f4"), steps=2)
            os._exit(0 if same else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), (x @ x).sum().item() == expected)
        """
    )
    assert out == "0 True\n"


def test_the_interpreter_ends_while_things_are_alive():
    run(
        """
        import threading, numpy as np, swiftgan as sg
        x = np.ones((4, 4), np.float32)
        t = sg.asarray(x); view = t.numpy(); capsule = t.__dlpack__()
        kept = sg.vjp(lambda v: v * v, t)
        class Net(sg.nn.Module):
            def __init__(self): self.inner = sg.nn.Dense(4, 1)
            def forward(self, x): return self.inner(x)
        net = Net(); net.handle
        loss = lambda batch, key: net(batch[0]).mean()
        game = sg.Game([sg.Player("discriminator", net)], losses={"discriminator": loss})
        trainer = sg.Trainer(game, x, batch_size=2)
        threading.Thread(target=lambda: trainer.step(50), daemon=True).start()
        trainer.cycle = trainer
        import sys; sys.kept = [t, trainer, kept]
        """
    )


def test_computing_lets_other_threads_run():
    """The GIL is free during a long operation."""
    out = run(
        """
        import threading, time, swiftgan as sg
        x = sg.ones((1500, 1500))
        counted, stop = [0], threading.Event()
        def count():
            while not stop.is_set():
                counted[0] += 1
                time.sleep(0.0005)
        thread = threading.Thread(target=count)
        thread.start()
        began, held = time.perf_counter(), 0
        while time.perf_counter() - began < 1:
            before = counted[0]
            x @ x
            held += counted[0] > before
        stop.set(); thread.join()
        print(held)
        """
    )
    assert int(out) > 5


@pytest.mark.parametrize("module", ["models", "optim", "nn/__init__"])
def test_stubs_agree_with_the_library(module):
    """What a stub says of a class is what the class takes. Regenerate with ``python -m swiftgan._stubs FOLDER``."""
    from swiftgan import _stubs

    stub = (Path(sg.__file__).parent / f"{module}.pyi").read_text()
    made = _stubs.signatures(_stubs.write(module))
    for name, signature in _stubs.signatures(stub).items():
        assert signature == made[name]


def test_config(capsys):
    config = sg.get_config()
    assert config["version"] == sg.__version__
    assert config["isa"] in config["isa_supported"]
    sg.show_config()
    assert sg.__version__ in capsys.readouterr().out
    before = sg.get_num_threads()
    sg.set_num_threads(1)
    assert sg.get_num_threads() == 1
    sg.set_num_threads(before)


@pytest.mark.parametrize("isa", ["avx512_amx", "avx1024"])
def test_an_instruction_set_that_is_not_there(isa):
    best = sg.get_config()["isa_supported"][-1]
    if isa == best:
        pytest.skip("this machine has it")
    ENVIRONMENT["SWIFTGAN_ISA"] = isa
    try:
        process = start("import swiftgan as sg; print(sg.get_config()['isa'])")
    finally:
        del ENVIRONMENT["SWIFTGAN_ISA"]
    out, errors = finish(process, 60)
    assert (process.returncode, out.strip()) == (0, best)
    reason = "but this CPU does not have it" if isa == "avx512_amx" else "is not one of portable, avx2, avx512,"
    assert f"swiftgan: SWIFTGAN_ISA='{isa}'" in errors
    assert reason in errors
    assert f"using {best}" in errors


@pytest.mark.parametrize("isa", ["portable", "avx2"])
def test_instruction_sets_agree(isa):
    if isa == "avx2" and sg.get_config()["isa"] == "portable":
        pytest.skip("this machine has no AVX2")
    code = """
        import numpy as np, swiftgan as sg
        x = np.random.default_rng(0).normal(size=(65, 70)).astype("f4")
        y = (sg.asarray(x) @ x.T).tanh().sum(0)
        print(sg.get_config()["isa"], *y.tolist())
        """
    ENVIRONMENT["SWIFTGAN_ISA"] = isa
    try:
        name, *values = run(code).split()
    finally:
        del ENVIRONMENT["SWIFTGAN_ISA"]
    x = np.random.default_rng(0).normal(size=(65, 70)).astype("f4")
    assert name == isa
    assert np.allclose(np.array(values, float), np.tanh(x @ x.T).sum(0), atol=1e-3)
