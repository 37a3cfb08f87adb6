#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernels for which no module can be built are refused with a reason. They are made up:
# dkms looks at the release's name, and at the configuration beside the headers.

# shellcheck source=tests/packages/system.sh
. "$(dirname "$0")/system.sh"

# made_up RELEASE [OPTION]: a kernel configured as the real one is, but without OPTION;
# dkms looks into the one file or into the other
made_up()
{
	local dir=/lib/modules/$1/build

	mkdir -p "$dir/include/config"
	grep -v "^${2:-none}=" "/lib/modules/${kernels[0]}/build/.config" |
		tee "$dir/.config" >"$dir/include/config/auto.conf"
}

# refused WHAT RELEASE PATTERN [ARGUMENT...]: by dkms, and nothing is left of the try
refused()
{
	local what=$1 release=$2 pattern=$3 said got=0 taken=0
	shift 3

	said=$(dkms build "mmtrace/$version" -k "$release" "$@" 2>&1 </dev/null) || got=$?
	if [ "$got" = 0 ] || [[ $said != *$pattern* ]] || dkms status | grep -q "$release"; then
		taken=1
	fi
	result "$taken" "$what" "status $got: $said"
	rm -rf "/lib/modules/$release"
}

made_up 5.9.0-1-amd64
refused "an older kernel than 5.10" 5.9.0-1-amd64 BUILD_EXCLUSIVE
made_up 4.19.0-1-amd64
refused "a much older one" 4.19.0-1-amd64 BUILD_EXCLUSIVE
made_up 6.1.0-1-none CONFIG_KRETPROBES
refused "a kernel without kretprobes" 6.1.0-1-none BUILD_EXCLUSIVE
made_up 6.1.0-1-armmp
refused "another architecture" 6.1.0-1-armmp BUILD_EXCLUSIVE -a armv7l
mkdir /lib/modules/6.1.0-1-headerless
refused "a kernel without headers" 6.1.0-1-headerless "kernel headers for kernel"

# taken RELEASE: would it be built for? The release is all that differs.
taken()
{
	local BUILD_EXCLUSIVE_KERNEL=

	# shellcheck disable=SC1090
	. "/usr/src/mmtrace-$version/dkms.conf"
	[[ $1 =~ $BUILD_EXCLUSIVE_KERNEL ]]
}

for release in 5.10.0-1-amd64 5.19.17 6.1.0-1-cloud-amd64 6.12.1+deb13-amd64 7.0.0 10.0.1; do
	check "$release is taken" taken "$release"
done
equal "all is as it was" "$(dkms status | sort)" "$(status "${kernels[@]}" | sort)"
done_testing
