#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# secure.sh - kernels that take signed modules only: what is said of a module
# without a signature, and that one with it works
#
# Boots twice: with Secure Boot and the key that the module is signed with; and with
# lockdown on the kernel's command line, where nobody knows the key.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

# Of Debian's ovmf, made for tests.
key=/usr/share/ovmf/PkKek-1-snakeoil
signed=$build/secure/signed.ko

build_all()
{
	"$vm/build-module.sh"
	"$vm/build-user.sh"
}

# The kernel's own program signs; it is run where its libraries are.
sign()
{
	mkdir -p "${signed%/*}"
	cp "$key.key" "$key.pem" "${signed%/*}"
	strip -g -o "$signed" "$build/$target/mmtrace.ko"
	in_toolchain KBUILD_SIGN_PIN=snakeoil "$(kernel_headers)/scripts/sign-file" sha256 \
		"${signed%/*}/${key##*/}.key" "${signed%/*}/${key##*/}.pem" "$signed"
}

# boot SCENE [OPTION...]
boot()
{
	local scene=$1
	shift

	"$vm/run" --no-build --smp 1 --timeout 180 --log "$build/vm/secure-$scene.log" \
		--add "$top/tests/guest/testing.sh=tests/testing.sh" --add "$signed" \
		--script "$top/tests/guest/secure.sh" "$@" -- "$scene"
}

if ! said=$(build_all 2>&1 && sign 2>&1); then
	echo "Bail out! $said"
	exit 1
fi
status=0
boot secure_boot --secure-boot || status=$?
boot lockdown --cmdline lockdown=integrity || status=$?
exit "$status"
