#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# package-kernels.sh - gets two kernels, inside of the system that
# package-root.sh makes
#
# The older one is installed with its headers. The packages of the newer one are put
# into /opt/upgrade, for tests without a network. /opt/kernels names both.

set -euo pipefail
arch=$(dpkg --print-architecture)
flavour=cloud-$arch

# releases: those of the suite's own series, whose image and headers can both be had
releases()
{
	local series

	series=$(apt-cache depends "linux-headers-$flavour" |
		sed -n 's/.* linux-headers-\([0-9]*\.[0-9]*\)\..*/\1/p')
	apt-cache pkgnames linux- |
		sed -n "s/^linux-\(headers\|image\)-\($series\..*-$flavour\)\$/\2/p" | sort -V | uniq -d
}

get()
{
	apt-get -q -y --no-install-recommends "${@:2}" install "linux-image-$1" "linux-headers-$1"
}

mapfile -t kernels < <(releases | tail -n 2)
[ "${#kernels[@]}" = 2 ] || { echo "no two kernels: ${kernels[*]:-none}" >&2; exit 1; }
printf '%s\n' "${kernels[@]}" >/opt/kernels
get "${kernels[0]}"
mkdir -p /opt/upgrade/partial
get "${kernels[1]}" --download-only -o Dir::Cache::archives=/opt/upgrade
rm -rf /opt/upgrade/{lock,partial}
