/*
 * Stands between a program and its disk (LD_PRELOAD): writes down what reaches the page cache and what is synced,
 * and lets fsync fail when it is told to. tests/faults/shim.py compiles it and knows the formats below.
 *
 * FAULTS_FOLDER   only files below this folder are looked at
 * FAULTS_LOG      where records go; without it nothing is written down
 * FAULTS_CONTROL  a file of sizeof(struct control), shared with the test
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC, UNLINK, RENAME, MKDIR };

struct record {
    uint64_t time, kind, inode, offset, length;
    int64_t result;
};

struct control {
    int32_t skip, fail, failed, synced;
    char ending[48];
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static struct control *control;
static int log_fd = -1;
#define FDS 65536
static uint64_t inodes[FDS];
static char endings[FDS][16];

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_close)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_mkdir)(const char *, mode_t);

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open64");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_close = dlsym(RTLD_NEXT, "close");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    folder = getenv("FAULTS_FOLDER");
    const char *log = getenv("FAULTS_LOG"), *shared = getenv("FAULTS_CONTROL");
    if (log) log_fd = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (shared) {
        int fd = real_open(shared, O_RDWR | O_CLOEXEC);
        void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED) control = at;
        real_close(fd);
    }
}

/* Below the folder; not SQLite's shared memory, which is made anew at every start. */
static int ours(const char *path) {
    if (!folder || !path || strncmp(path, folder, strlen(folder)) != 0) return 0;
    size_t length = strlen(path);
    return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static uint64_t inode_of(int fd) { return fd >= 0 && fd < FDS ? inodes[fd] : 0; }

/* Call with the turn taken: the order of records is the order of what they tell of. */
static void note(int kind, uint64_t inode, uint64_t offset, const void *data, uint64_t length, int64_t result) {
    if (log_fd < 0) return;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct record head = {now.tv_sec * 1000000000ull + now.tv_nsec, kind, inode, offset, length, result};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
    if (writev(log_fd, parts, 2) < 0) abort();
}

static int opened(int fd, const char *path, int flags) {
    struct stat about;
    if (fd < 0 || fd >= FDS) return fd;
    inodes[fd] = 0;
    if (ours(path) && (flags & O_TMPFILE) != O_TMPFILE && fstat(fd, &about) == 0) {
        size_t length = strlen(path), kept = length < 15 ? length : 15;
        strcpy(endings[fd], path + length - kept);
        inodes[fd] = about.st_ino;
        note(OPEN, about.st_ino, S_ISDIR(about.st_mode) ? 1 : 0, path, length, about.st_size);
    }
    return fd;
}

#define OPENS(name)                                                                                               \
    int name(const char *path, int flags, ...) {                                                                  \
        va_list rest;                                                                                             \
        va_start(rest, flags);                                                                                    \
        mode_t mode = va_arg(rest, mode_t);                                                                       \
        va_end(rest);                                                                                             \
        pthread_mutex_lock(&turn);                                                                                \
        int fd = opened(real_open(path, flags, mode), path, flags);                                                    \
        int error = errno;                                                                                        \
        pthread_mutex_unlock(&turn);                                                                              \
        errno = error;                                                                                            \
        return fd;                                                                                                \
    }
OPENS(open)
OPENS(open64)

int close(int fd) {
    if (inode_of(fd)) {
        pthread_mutex_lock(&turn);
        inodes[fd] = 0;
        pthread_mutex_unlock(&turn);
    }
    return real_close(fd);
}

static ssize_t put(int fd, const void *data, size_t length, off_t offset) {
    pthread_mutex_lock(&turn);
    ssize_t done = real_pwrite(fd, data, length, offset);
    int error = errno;
    if (done > 0) note(WRITE, inode_of(fd), offset, data, done, done);
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return inode_of(fd) ? put(fd, data, length, offset) : real_pwrite(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return pwrite(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    if (!inode_of(fd)) return real_write(fd, data, length);
    pthread_mutex_lock(&turn);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = real_write(fd, data, length);
    int error = errno;
    if (done > 0) note(WRITE, inode_of(fd), offset, data, done, done);
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
}

int ftruncate(int fd, off_t length) {
    if (!inode_of(fd)) return real_ftruncate(fd, length);
    pthread_mutex_lock(&turn);
    int result = real_ftruncate(fd, length), error = errno;
    if (result == 0) note(TRUNCATE, inode_of(fd), length, NULL, 0, 0);
    pthread_mutex_unlock(&turn);
    errno = error;
    return result;
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

static int is_to_fail(int fd) {
    if (!control || control->fail <= 0) return 0;
    size_t length = strlen(control->ending), have = strlen(endings[fd]);
    if (have < length || strcmp(endings[fd] + have - length, control->ending) != 0) return 0;
    if (control->skip > 0) {
        control->skip--;
        return 0;
    }
    control->fail--;
    control->failed++;
    return 1;
}

static int sync_with(int (*real)(int), int fd) {
    if (!inode_of(fd)) return real(fd);
    pthread_mutex_lock(&turn);
    int fails = is_to_fail(fd), result = fails ? -1 : real(fd), error = fails ? EIO : errno;
    note(SYNC, inode_of(fd), 0, NULL, 0, result);
    if (control && result == 0) control->synced++;
    pthread_mutex_unlock(&turn);
    errno = error;
    return result;
}

int fsync(int fd) { return sync_with(real_fsync, fd); }

int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

int unlink(const char *path) {
    pthread_mutex_lock(&turn);
    int result = real_unlink(path), error = errno;
    if (result == 0 && ours(path)) note(UNLINK, 0, 0, path, strlen(path), 0);
    pthread_mutex_unlock(&turn);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&turn);
    int result = real_rename(from, to), error = errno;
    if (result == 0 && ours(from)) {
        char both[2 * PATH_MAX];
        size_t first = strlen(from) + 1, length = first + strlen(to);
        strcpy(both, from);
        strcpy(both + first, to);
        note(RENAME, 0, 0, both, length, 0);
    }
    pthread_mutex_unlock(&turn);
    errno = error;
    return result;
}

int mkdir(const char *path, mode_t mode) {
    pthread_mutex_lock(&turn);
    int result = real_mkdir(path, mode), error = errno;
    if (result == 0 && ours(path)) note(MKDIR, 0, 0, path, strlen(path), 0);
    pthread_mutex_unlock(&turn);
    errno = error;
    return result;
}
