#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `make shell` runs in the guest: the module is loaded, the rest is yours.

# Boot was quiet; from here on the kernel may complain.
dmesg -n warn
insmod /opt/mmtrace/mmtrace.ko || echo "insmod failed, see dmesg"
mkdir -p /usr/local/sbin
printf '#!/bin/sh\nexec busybox poweroff -f\n' >/usr/local/sbin/poweroff
chmod 755 /usr/local/sbin/poweroff
cat <<'END'

mmtrace.ko is loaded. Try:
    cat /dev/mmtrace
    mmtrace-ctl status
    mmtrace-ctl trace -- ls
Leave with: poweroff   (or C-a x)

END
exec bash -i
