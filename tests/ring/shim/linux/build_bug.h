/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RING_SHIM_LINUX_BUILD_BUG_H
#define RING_SHIM_LINUX_BUILD_BUG_H

#define static_assert(expr)	_Static_assert(expr, #expr)

#endif
