# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests inside of the system share: /opt has all that they need, made by
# tests/packages.sh and tests/vm/package-root.sh. There is no network.

# shellcheck source=tests/guest/testing.sh
. /opt/tests/testing.sh
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2034 # read by those who source this file
# The older one is installed, the packages of the newer one are in /opt/upgrade.
mapfile -t kernels </opt/kernels
version=$(</opt/version)
machine=$(uname -m)

apt_get()
{
	apt-get -q -y --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@"
}

# status KERNEL...: what dkms says if all is well
status()
{
	printf "mmtrace/$version, %s, $machine: installed\n" "$@"
}

# module_for KERNEL: the release that the module which modprobe would load is for
module_for()
{
	local file

	file=$(modprobe -S "$1" --show-depends mmtrace | sed -n 's/^insmod \([^ ]*\).*/\1/p')
	[ "${file#/lib/modules/"$1"/}" != "$file" ] && modinfo -F vermagic "$file" | cut -d ' ' -f 1
}

# files: all that there is, but for logs, caches, and what is not the packages': the
# key that dkms makes for itself, former states of dpkg
files()
{
	find / -xdev \( -path /dev -o -path /opt -o -path /proc -o -path /run -o -path /sys -o \
		-path /tmp -o -path /var/cache -o -path /var/lib/apt -o -path /var/log -o \
		-path /var/tmp \) -prune -o -print |
		grep -v -e '^/var/lib/dkms/mok\.' -e '^/var/lib/dpkg/.*-old$' | sort
}
