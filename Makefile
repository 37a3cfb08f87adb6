# SPDX-License-Identifier: GPL-2.0
#
# mmtrace: the kernel module and mmtrace-ctl. How the module is built is in Kbuild,
# which the kernel's own Makefiles read; this file is for people.

# The kernel to build for: the running one where its headers are installed, else
# the newest whose headers are.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(patsubst %/include/config/kernel.release,%, \
	$(shell ls -vr /usr/src/linux-headers-*/include/config/kernel.release 2>/dev/null)) \
	no-kernel-headers)
PREFIX ?= /usr/local
DESTDIR ?=

KVER = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODULES = $(DESTDIR)/lib/modules/$(KVER)
MAN = $(DESTDIR)$(PREFIX)/share/man

# CC is handed on only if it is given: a kernel knows its own compiler.
# BTF of the module would need the kernel's vmlinux, which no package has.
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_DEBUG_INFO_BTF_MODULES= \
	$(if $(filter command% environment%,$(origin CC)),CC=$(CC))

# The kernel of the virtual machine; ARCH only if it is given here, as others use it too.
SELECT = $(if $(KERNEL),MMTRACE_KERNEL=$(KERNEL)) \
	$(if $(filter command%,$(origin ARCH)),MMTRACE_ARCH=$(ARCH))

all: module user ## module and program (this is what plain 'make' does)

module: headers ## mmtrace.ko, for the running kernel or for that of KDIR=
	$(KBUILD) modules

user: ## user/mmtrace-ctl; with names of functions in stacks: LIBDW=yes
	$(MAKE) -C user

headers:
	@test -e $(KDIR)/Makefile || { \
		echo "make: no kernel headers$(if $(filter-out no-kernel-headers,$(KDIR)), in $(KDIR))." >&2; \
		echo "make: for the running kernel: apt-get install linux-headers-$$(uname -r)" >&2; \
		echo "make: if there is no such package: apt-get install linux-headers-cloud-amd64" >&2; \
		echo "make: or give another kernel's: make KDIR=/path/to/headers" >&2; \
		exit 1; }

install: all ## put all into the system (PREFIX=/usr/local, DESTDIR=)
	install -D -m 644 mmtrace.ko $(MODULES)/updates/mmtrace.ko
	$(if $(DESTDIR),,PATH="$$PATH:/usr/sbin:/sbin" depmod $(KVER))
	$(MAKE) -C user install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	@for page in $(wildcard docs/*.[1-8]); do \
		install -v -D -m 644 $$page $(MAN)/man$${page##*.}/$${page##*/}; \
	done

uninstall: headers ## take it out again
	rm -f $(MODULES)/updates/mmtrace.ko*
	$(if $(DESTDIR),,PATH="$$PATH:/usr/sbin:/sbin" depmod $(KVER))
	$(MAKE) -C user uninstall DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	@for page in $(wildcard docs/*.[1-8]); do \
		rm -fv $(MAN)/man$${page##*.}/$${page##*/}; \
	done

deb: ## Debian packages, in build/deb
	@debian/deb.sh

demo: ## show it: boots a virtual machine, loads the module, runs programs
	+@$(SELECT) tests/vm/run --script tests/vm/demo.sh

check: ## all tests (TESTS="..." for some of the guest; KERNEL=6.12 ARCH=arm64 for one kernel)
	+@$(SELECT) tests/run.sh $(TESTS)

check-matrix: ## the guest's tests on all kernels of tests/vm/kernels, and a table of them
	+@tests/run.sh --matrix

check-debug: ## the guest's tests on kernels that find bugs of memory, locks, races (TESTS=, KERNEL=)
	+@$(SELECT) tests/debug.sh $(TESTS)

fuzz: ## libFuzzer over expressions, programs, recordings (SECONDS=60 each; FUZZ=device KERNEL= for the module)
	+@$(SELECT) tests/fuzz/$(or $(FUZZ),user).sh $(SECONDS)

check-others: ## beside other tracers; the kernel's mm selftests and stress-ng (TESTS="coexist mm stress"; 15 minutes)
	+@$(SELECT) tests/others.sh $(TESTS)

shell: ## a shell in the virtual machine, with the module loaded
	+@$(SELECT) tests/vm/run --interactive

bench: ## what it costs beside other tracers (ROWS="mmtrace floor" for some, UPDATE=1 for docs, too)
	+@$(SELECT) bench/compare $(ROWS)
	+@$(if $(ROWS)$(KERNEL)$(filter command%,$(origin ARCH)),,bench/scale)
	@$(if $(UPDATE),bench/update)

style: ## checkpatch over all C files; silent if all is well
	@tests/vm/setup.sh
	@tests/lint.sh style

tree-clean: ## what only some files may know, as the kernel's version, is in no other
	@tests/lint.sh tree

sparse: ## sparse over the module; silent if all is well
	@tests/vm/setup.sh
	+@tests/lint.sh sparse

clean: ## remove what was built
	$(if $(wildcard $(KDIR)/Makefile),$(KBUILD) clean)
	for dir in user tests/ring; do \
		test ! -e $$dir/Makefile || $(MAKE) -C $$dir clean || exit; \
	done
	rm -rf build

help: ## this list
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
	@echo "Everything that bench, check, deb, demo, shell, style and sparse need is installed by them."

.PHONY: all module user headers install uninstall deb demo check check-matrix check-debug check-others fuzz shell bench \
	style tree-clean sparse clean help
