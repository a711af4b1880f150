/* For LD_PRELOAD: kills the process right before its Nth change of a file. DIE_AT is N. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static void count(void)
{
    static long calls;
    const char *at = getenv("DIE_AT");

    if (at != NULL && ++calls == atol(at)) {
        kill(getpid(), SIGKILL);
    }
}

#define CHANGE(type, name, parameters, arguments)                   \
    type name parameters                                            \
    {                                                               \
        type (*next) parameters = dlsym(RTLD_NEXT, #name);          \
        count();                                                    \
        return next arguments;                                      \
    }

CHANGE(int, rename, (const char *from, const char *to), (from, to))
CHANGE(int, unlink, (const char *path), (path))
CHANGE(int, fsync, (int fd), (fd))
CHANGE(int, fchmod, (int fd, mode_t mode), (fd, mode))
CHANGE(int, fchown, (int fd, uid_t owner, gid_t group), (fd, owner, group))
CHANGE(ssize_t, write, (int fd, const void *bytes, size_t len), (fd, bytes, len))

int open64(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    if (flags & O_CREAT) {
        count();
    }
    return next(path, flags, mode);
}
