# The commands of a working day; meson.build says how things are built, and
# tools/ holds what each of these runs.
BUILD = build
PREFIX = /usr/local
DESTDIR =

all:
	@tools/build $(BUILD)

# what is missing of tools/packages.txt, from Debian
setup:
	@tools/setup

# minutes: unit tests and whole programs
test: all
	@tools/unit $(BUILD)
	@tools/flows $(BUILD)

# everything; STAGES="unit static" runs some of it
check:
	@tools/check $(STAGES)

# every field of each structure, changed in every way: what comes of it, here
# and in libcrypto, and in gpgsm
structures: all
	@tools/structures $(BUILD) peers

demo: setup all
	@tools/demo.sh

# beside libcrypto and the machine's limits; options of bench/run in BENCH:
# make bench BENCH="--mib 1024 --write"
BENCH =
bench: all
	@bench/run $(BUILD) $(BENCH)

# each fuzzer for SECONDS, or those named: make fuzz SECONDS=60 FUZZERS="der"
SECONDS = 3600
fuzz:
	@tools/fuzz $(SECONDS) $(FUZZERS)

mutants:
	@tools/mutants $(MUTANTS)

coverage:
	@tools/coverage

memory: all
	@bench/memory $(BUILD)

# unit tests under valgrind; an hour
memcheck: all
	@tools/unit $(BUILD) --timeout-multiplier 50 \
	    --wrap 'valgrind -q --leak-check=full --error-exitcode=99'

format:
	@git ls-files '*.c' '*.h' | xargs clang-format-14 -i

# the export list of libbulla.so, from the public headers
exports:
	@tools/exports --write

install: all
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD) --quiet

# the demo and the check in a new Debian 12, to find missing installs
fresh:
	@tools/fresh

clean:
	rm -rf build build-*

.PHONY: all setup test check structures demo bench fuzz mutants coverage memory \
    memcheck format exports install fresh clean
