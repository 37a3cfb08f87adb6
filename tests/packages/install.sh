#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packages are installed: a module is built for the kernel that is there.

# shellcheck source=tests/packages/system.sh
. "$(dirname "$0")/system.sh"

install_packages()
{
	apt_get install /opt/packages/*.deb >/opt/install.log 2>&1 && return
	tail -n 30 /opt/install.log
	return 1
}

files >/opt/files
# Without this, dkms cares for the host's kernel alone where there is one of its name.
echo 'autoinstall_all_kernels=yes' >>/etc/dkms/framework.conf

check "apt installs the packages" install_packages
equal "dkms has built and installed the module" "$(dkms status)" "$(status "${kernels[0]}")"
equal "modprobe finds it" "$(module_for "${kernels[0]}")" "${kernels[0]}"
equal "it has the version" "$(modinfo -k "${kernels[0]}" -F version mmtrace)" "$version"
equal "dkms and the compiler find nothing to complain about" \
	"$(grep -iE 'deprecat|warning|error' /opt/install.log /var/lib/dkms/mmtrace/*/*/*/log/make.log 2>&1)" ""

equal "mmtrace-ctl is in the path and has the version" "$(mmtrace-ctl --version)" "mmtrace-ctl $version"
for page in man1/mmtrace-ctl.1 man4/mmtrace.4 man5/mmtrace-record.5; do
	check "$page is where man looks" sh -c "gzip -dc /usr/share/man/$page.gz | grep -q ^.Nm"
done
check "the completion is where bash looks" bash -n /usr/share/bash-completion/completions/mmtrace-ctl
check "the header is where compilers look" \
	cmp /usr/include/linux/mmtrace.h /opt/tree/include/uapi/linux/mmtrace.h
check "so is that of the library" cmp /usr/include/libmmtrace.h /opt/tree/include/libmmtrace.h
check "the library is where programs look" sh -c 'ldconfig -p | grep -q "libmmtrace.so.0 "'
check "and where the linker looks" sh -c 'test -e /usr/lib/*/libmmtrace.so && test -e /usr/lib/*/libmmtrace.a'
done_testing
