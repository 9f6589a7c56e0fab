# make run: compare methods on real data.  make test: the whole suite.  See README.md.
SWIFT ?= swift
RELEASE := $(SWIFT) build -c release
BIN = $(shell $(SWIFT) build -c release --show-bin-path)

.PHONY: run test build setup lint format documentation examples bench peers scaling calibration clean fuzz ulp test-asan test-tsan

## Builds and compares the methods on the digits; writes report.html.
run: build
	$(BIN)/descent compare digits --report report.html

## The optimized command line program, .build/release/descent.
build: setup
	$(RELEASE) --product descent

## Installs what is missing: oneDNN and LLVM.
setup:
	@sh Scripts/setup.sh

test: setup
	$(SWIFT) build --build-tests
	SWIFT=$(SWIFT) sh Scripts/tests.sh

## Formatting, as .swift-format says.
lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples

## The documentation of the modules as a site, .build/documentation. Stops at any warning, and at an example that does not
## compile. Needs no LLVM: it is read from the debug build's modules.
documentation:
	$(SWIFT) build --target Descent
	SWIFT=$(SWIFT) sh Scripts/documentation.sh .build .build/documentation

## Runs every example program.
examples: setup
	$(RELEASE) --product DigitsTraining
	$(RELEASE) --product OwnOptimizer
	$(BIN)/DigitsTraining
	$(BIN)/OwnOptimizer

bench: build
	$(BIN)/descent bench

## Descent beside its peers; Benchmarks/peers/README.md says what PYTHON needs.
PYTHON ?= python3
peers: build
	$(PYTHON) Benchmarks/peers/side_by_side.py $(BIN)/descent

## How a transformer's step grows with its sizes.
scaling: build
	$(PYTHON) Benchmarks/scaling.py $(BIN)/descent

## How often comparisons claim a difference between a method and itself.
calibration: build
	$(PYTHON) Benchmarks/calibration.py $(BIN)/descent

## Random graphs, engine against reference: many more than `make test` runs. In processes of 5,000, because Linux gives a
## process 65,530 mappings, and the kernels of 17,000 programs take them all.
fuzz: setup
	for first in 0 5000 10000 15000; do \
	  DESCENT_FUZZ_FIRST=$$first DESCENT_FUZZ_GRAPHS=5000 \
	    $(SWIFT) test -c release -Xswiftc -enable-testing --filter BackendAgreementTests || exit 1; \
	done

## The elementary functions' errors over every float there is; a quarter of an hour.
ulp: setup
	DESCENT_ULP_STEP=1 $(SWIFT) test -c release -Xswiftc -enable-testing --filter VectorMathTests

## The suite under the address sanitizer. It sees Swift and C, not the kernels: what they do outside their buffers is only
## seen where it ends up in freed memory that Swift uses. Both sanitizers skip the seven tests that count allocations,
## because they bring allocators of their own, and run 100 random programs instead of 2,400 (DESCENT_FUZZ_GRAPHS).
test-asan: setup
	SWIFT=$(SWIFT) sh Scripts/sanitized-tests.sh address .build-asan

## The suite under the thread sanitizer. It sees Swift and C: the compiler, its caches, teams of threads and chains of
## kernels; not the kernels themselves. That a team's tasks write apart is tested by results that no number of threads
## changes. Scripts/tsan-visible.c tells it where OpenMP's and Swift's own locks wait, which it would not see.
test-tsan: setup
	SWIFT=$(SWIFT) sh Scripts/sanitized-tests.sh thread .build-tsan

clean:
	$(SWIFT) package clean
