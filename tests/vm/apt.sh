# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of any Debian suite and architecture, without installing them: apt
# resolves, checks signatures and downloads as it does for the host, but from
# lists of its own and as if nothing were installed. No script of a package is run.
# So this needs no privilege, and works for a foreign architecture too.

# mirrors: "RELEASE URI" of each archive that the host takes packages from
mirrors()
{
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' | sort -u
}

# The suite from the host's own mirror; with it what mends it, and of backports
# the suite that they are for.
suite_sources()
{
	local main security base=${1%-backports} deb='deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'

	main=$(mirrors | awk '$1 !~ /-(security|updates|backports)$/ { print $2; exit }')
	security=$(mirrors | awk '$1 ~ /-security$/ { print $2; exit }')
	[ -n "$main" ] || die "apt on this host knows no mirror: is there a Debian archive in /etc/apt?"
	echo "$deb $main $base main"
	[ "$base" = "$1" ] || echo "$deb $main $1 main"
	[ -z "$security" ] || [ "$base" = sid ] || echo "$deb $security $base-security main"
}

# suite_apt SUITE ARCH apt-get|apt-cache ARGUMENT...
suite_apt()
{
	local suite=$1 arch=$2 program=$3 dir=$cache/apt-$1
	shift 3

	"$program" -q -o APT::Get::Assume-Yes=true -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User=root \
		-o Dir::State="$dir" -o Dir::State::status="$dir/status" -o Dir::State::lists="$dir/lists-$arch" \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::Cache="$dir/cache" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Install-Recommends=false -o Acquire::Languages=none -o Debug::NoLocking=1 "$@"
}

# suite_lists SUITE ARCH: fetches the lists of packages, unless they are of today.
# A suite without security updates, as the newest is, makes apt fail; what counts is
# that the suite itself is there.
suite_lists()
{
	local dir=$cache/apt-$1 log
	log=$dir/log-$2

	mkdir -p "$dir/lists-$2/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	[ -z "$(find "$log" -mtime -1 2>/dev/null)" ] || return 0
	suite_sources "$1" >"$dir/sources.list"
	suite_apt "$1" "$2" apt-get update >"$log" 2>&1 || :
	if ! suite_has "$1" "$2" "dpkg"; then
		cat "$log" >&2
		rm -f "$log"
		say "no lists of Debian $1 for $2 are to be had"
		return 1
	fi
}

# suite_has SUITE ARCH PACKAGE: is there such a package, not only its name
suite_has()
{
	[ -n "$(suite_apt "$1" "$2" apt-cache show "$3" 2>/dev/null)" ]
}

# depends SUITE ARCH PACKAGE: names of the packages it depends on, one a line,
# the first of alternatives
depends()
{
	suite_apt "$1" "$2" apt-cache show "$3" | sed -n 's/^Depends: //p' | head -n 1 |
		tr ',' '\n' | sed 's/|.*//; s/^ *//; s/[ (:].*//'
}

# fetch_debs SUITE ARCH DIR PACKAGE...: with all that they depend on
fetch_debs()
{
	local suite=$1 arch=$2 dir=$3
	shift 3

	mkdir -p "$dir/partial"
	suite_apt "$suite" "$arch" apt-get --download-only -o Dir::Cache::archives="$dir" \
		install "$@"
}

# fetch_only SUITE ARCH DIR PACKAGE...: these alone
fetch_only()
{
	local suite=$1 arch=$2 dir=$3
	shift 3

	mkdir -p "$dir"
	(cd "$dir" && suite_apt "$suite" "$arch" apt-get download "$@")
}

# unpack_debs DIR ROOT: unpacks all of DIR into ROOT
unpack_debs()
{
	local dir deb

	# Debian has /bin and the like as links since bookworm; no package ships them.
	for dir in bin sbin lib lib32 lib64 libx32; do
		mkdir -p "$2/usr/$dir"
		ln -sfn "usr/$dir" "$2/$dir"
	done
	for deb in "$1"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$2" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
				--exclude='./usr/share/locale/*' --exclude='./usr/share/info/*'
	done
}
