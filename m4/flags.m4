# SPDX-License-Identifier: GPL-2.0-or-later
# Compiler and linker flags, each tested separately. -Werror makes clang's "unknown warning option" a rejection.

# ORH_FLAGS_INIT: what the macros below add to.
AC_DEFUN([ORH_FLAGS_INIT], [
AC_REQUIRE([AC_CANONICAL_HOST])
orh_rejected=
orh_fortify=no
AC_SUBST([ORH_CFLAGS])
AC_SUBST([WARN_CFLAGS])
AC_SUBST([HARDEN_CPPFLAGS])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
AC_SUBST([SANITIZE_FLAGS])
])

# _ORH_TRY(CPPFLAGS, CFLAGS, LDFLAGS, IF-TAKEN, IF-REJECTED): links a small program with the flags before the user's.
AC_DEFUN([_ORH_TRY], [
orh_cppflags=$CPPFLAGS orh_cflags=$CFLAGS orh_ldflags=$LDFLAGS
CPPFLAGS="$1 $CPPFLAGS" CFLAGS="-Werror $2 $CFLAGS" LDFLAGS="$3 $LDFLAGS"
AC_LINK_IFELSE([AC_LANG_SOURCE([[
#include <string.h>
int main(int argc, char **argv)
{
	char text[16];

	strncpy(text, argv[argc - 1], sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	return (int)strlen(text) == 0;
}
]])], [orh_taken=yes], [orh_taken=no])
CPPFLAGS=$orh_cppflags CFLAGS=$orh_cflags LDFLAGS=$orh_ldflags
AS_IF([test $orh_taken = yes], [$4], [$5])
])

# ORH_CFLAG(VARIABLE, FLAG): adds the flag to the variable, or to the list of the rejected.
AC_DEFUN([ORH_CFLAG], [
AC_MSG_CHECKING([whether $CC takes $2])
_ORH_TRY([], [$2], [], [$1="$$1 $2"], [orh_rejected="$orh_rejected $2"])
AC_MSG_RESULT([$orh_taken])
])

# ORH_CFLAG_ON(HOSTS, VARIABLE, FLAG): the same, only on these hosts.
AC_DEFUN([ORH_CFLAG_ON], [
AS_CASE([$host_cpu], [$1], [ORH_CFLAG([$2], [$3])])
])

# ORH_CFLAG_REQUIRED(VARIABLE, FLAG): an error if the compiler does not accept it.
AC_DEFUN([ORH_CFLAG_REQUIRED], [
AC_MSG_CHECKING([whether $CC takes $2])
_ORH_TRY([], [$2], [], [$1="$$1 $2"], [AC_MSG_ERROR([the compiler does not take $2])])
AC_MSG_RESULT([$orh_taken])
])

# ORH_LDFLAG(VARIABLE, FLAG): the same for the linker. Compiled with HARDEN_CFLAGS, which -pie needs.
AC_DEFUN([ORH_LDFLAG], [
AC_MSG_CHECKING([whether the linker takes $2])
_ORH_TRY([], [$HARDEN_CFLAGS], [$2], [$1="$$1 $2"], [orh_rejected="$orh_rejected $2"])
AC_MSG_RESULT([$orh_taken])
])

# ORH_FORTIFY: the highest _FORTIFY_SOURCE that the C library has. Without optimization, it only warns; with the
# address sanitizer, it hides errors; and if the user or the compiler has set it, their value is kept.
AC_DEFUN([ORH_FORTIFY], [
AC_MSG_CHECKING([for _FORTIFY_SOURCE])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifndef __OPTIMIZE__
#error not optimizing
#endif
]])], [orh_optimizing=yes], [orh_optimizing=no])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifdef _FORTIFY_SOURCE
#error set already
#endif
]])], [orh_unset=yes], [orh_unset=no])
AS_IF([test $orh_optimizing = no], [orh_fortify='no, not optimizing'],
	[test "$enable_asan" = yes], [orh_fortify='no, address sanitizer'],
	[test $orh_unset = no], [orh_fortify='as the compiler was told'],
	[for level in 3 2; do
		_ORH_TRY([-D_FORTIFY_SOURCE=$level], [], [], [orh_fortify=$level], [])
		test $orh_taken = yes && break
	done
	AS_IF([test $orh_taken = yes], [HARDEN_CPPFLAGS="-D_FORTIFY_SOURCE=$orh_fortify"],
		[orh_rejected="$orh_rejected -D_FORTIFY_SOURCE=2"])])
AC_MSG_RESULT([$orh_fortify])
])
