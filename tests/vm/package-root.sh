#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# package-root.sh SUITE OUT - makes a Debian system to install packages in, as tar
#
# A whole one, unlike the guest's root, with what packages of modules need: dkms,
# kernels, udev. From the host's sources of packages and by the host's ways to get
# there, for whatever suite.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

suite=$1
out=$2
arch=$(dpkg --print-architecture)

# All but dkms is for the guest that the system becomes.
packages=dkms,busybox-static,kmod,mount,passwd,procps,rsyslog,systemd,udev

# sources: those of Debian itself, as sources.list has them
sources()
{
	local codename

	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # for apt
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' |
		awk -v old="$codename" -v new="$suite" '
			$3 == old || index($3, old "-") == 1 { sub(old, new, $3); print }' | sort -u
}

# A kernel wants a start of its own (initramfs) made, which nobody here uses.
export INITRD=No
options=()
while read -r option; do
	options+=("--aptopt=$option")
done < <(apt-config dump --no-empty --format '%f "%v";%n' | grep '^Acquire::')

# shellcheck disable=SC2016 # for the hook's shell
sources | mmdebstrap --quiet --variant=apt --architectures="$arch" --include="$packages" \
	"${options[@]}" \
	--customize-hook="copy-in '$vm/package-kernels.sh' /opt" \
	--customize-hook='chroot "$1" /opt/package-kernels.sh' \
	--format=tar "$suite" "$out" -
