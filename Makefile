# The commands of the project; 'make' alone lists them. What is up to date is not built again.

VENV := .venv
BIN := $(VENV)/bin
PREFIX ?= /usr/local
SWIFT_SOURCES = Package.swift $(filter-out Sources/SwiftGANABI,$(wildcard Sources/*)) $(wildcard Tests examples)

# Everything that the wheel is made of. Build products lie in the same folders and must not count.
PACKAGE_FILES := Package.swift setup.py pyproject.toml packaging/swiftgan.map packaging/swiftgan.pc.in \
  $(shell find Sources python -path python/tests -prune -o -path python/swiftgan/include -prune -o -type f \
    \( -name '*.swift' -o -name '*.[ch]' -o -name '*.inc' -o -name '*.py' -o -name '*.pyi' -o -name py.typed \) -print)

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1

.PHONY: help demo test test-isa sanitize emulate wheel install bench roofline fuzz rows format lint docs size clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.installed ## train a GAN on handwritten digits; pictures go to demo/
	$(BIN)/python examples/demo.py

test: ## run every test: Swift, C and Python
	@packaging/test.sh

test-isa: ## run every test under each instruction set that this processor has
	@packaging/test.sh portable avx2 avx512 avx512_bf16 avx512_amx

sanitize: ## run the kernels' tests under the address, undefined-behaviour and thread sanitisers
	@Tests/KernelTests/run

emulate: $(VENV)/.installed ## run kernels and training as older processors would, by qemu-user: no illegal instruction
	@Tests/EmulatedTests/run $(VENV)

wheel: dist/.built ## build the wheel into dist/
	@ls -l dist/*.whl

install: $(VENV)/.created ## install the C library and header under PREFIX (default /usr/local)
	$(BIN)/python setup.py -q build_core --prefix "$(DESTDIR)$(PREFIX)"

bench: $(VENV)/.installed ## run the benchmarks; PEERS=1 for PyTorch and JAX beside, ARGS='mlp --rounds 5 --json FILE'
	@benchmarks/run $(VENV) '$(if $(PEERS),$(VENV)-bench)' $(ARGS)

roofline: $(VENV)/.created ## each kernel beside the machine's limits and oneDNN; PEERS=1 for PyTorch, ARGS='products --json FILE'
	@benchmarks/compile
	$(if $(PEERS),@benchmarks/peer $(VENV) $(VENV)-bench torch || true)
	@$(BIN)/python benchmarks/roofline.py .build/bench/roofline \
	  $(if $(PEERS),--peer $(abspath $(VENV)-bench)/bin/python) $(ARGS)

rows: $(VENV)/.installed ## measure what must hold; ROW=A7 for one row, MNIST=FOLDER, PRECISION=medium, PEERS=1 (PyTorch)
	$(if $(PEERS),@benchmarks/peer $(VENV) $(VENV)-bench torch)
	@cd benchmarks && $(abspath $(BIN))/python -m rows $(ROW) $(if $(QUICK),--quick) \
	  $(if $(MNIST),--mnist $(abspath $(MNIST))) $(if $(PRECISION),--precision $(PRECISION)) \
	  $(if $(PEERS),--peer $(abspath $(VENV)-bench)/bin/python)

fuzz: $(VENV)/.installed $(VENV)/.tests ## compare random programs with NumPy and JAX, for MINUTES=10
	cd python/tests && $(abspath $(BIN))/python -X faulthandler -m fuzz --minutes $(or $(MINUTES),10)

format: $(VENV)/.tests ## format the Swift and Python sources in place
	swift format format --in-place --parallel --recursive $(SWIFT_SOURCES) Sources/SwiftGANABI
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

lint: $(VENV)/.tests ## check format, style and types
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	@# The C interface is documented once, in swiftgan.h.
	swift format lint --strict --parallel --recursive Sources/SwiftGANABI \
	  --configuration "$$(sed '/AllPublicDeclarationsHaveDocumentation/s/true/false/' .swift-format)"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed ## check the documents' links and run their code
	$(BIN)/python packaging/check_docs.py

size: dist/.built $(VENV)/.installed ## print the wheel's size and the import time, and hold them to their limits
	@$(BIN)/python packaging/check_size.py dist/swiftgan-*.whl

clean: ## remove everything that was built
	rm -rf .build build dist demo $(VENV) $(VENV)-bench python/*.egg-info python/swiftgan/lib python/swiftgan/include
	find python -name '*.so' -delete

$(VENV)/.created: packaging/make_venv.sh
	packaging/make_venv.sh $(VENV)
	@touch $@

# The first line shows Swift's progress and messages, which pip would hide; the second finds that work done.
dist/.built: $(VENV)/.created $(PACKAGE_FILES)
	@rm -f dist/*.whl
	$(BIN)/python setup.py -q build_ext
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@touch $@

$(VENV)/.installed: dist/.built
	$(BIN)/pip install --quiet "$$(echo dist/swiftgan-*.whl)[all]"
	$(BIN)/pip install --quiet --no-deps --force-reinstall dist/swiftgan-*.whl
	@touch $@

$(VENV)/.tests: $(VENV)/.created packaging/requirements-test.txt
	$(BIN)/pip install --quiet --requirement packaging/requirements-test.txt
	@touch $@
