/*
 * Stands between a process and its disk (LD_PRELOAD): it writes every change below one folder into a journal, and lets
 * calls fail or stop short on demand. proof/lib/shim.ts compiles it and says what its environment means:
 *
 *   DSIEM_FAULT_ROOT      the folder, absolute and without symbolic links; without it nothing is touched
 *   DSIEM_FAULT_JOURNAL   file that every successful change is appended to (struct record, below)
 *   DSIEM_FAULT_CLASS     which calls are counted: open write sync truncate rename unlink mkdir read close any
 *   DSIEM_FAULT_ERROR     EIO, ENOSPC, SHORT: half of the bytes are written and that is what is returned, or TORN: the
 *                         same, and the next call fails with ENOSPC, as on a disk that becomes full
 *   DSIEM_FAULT_NTH       the first call that fails; 0 never does
 *   DSIEM_FAULT_TIMES     once, on (that one and all after it), every (each Nth one)
 *   DSIEM_FAULT_MATCH     only paths that hold this text
 *   DSIEM_FAULT_CONTROL   calls are counted and fail only while this file exists
 *   DSIEM_FAULT_COUNTS    file of three 64-bit numbers: calls counted, calls that failed, records in the journal
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum op { OP_OPEN = 1, OP_WRITE, OP_TRUNCATE, OP_FSYNC, OP_FDATASYNC, OP_CLOSE, OP_RENAME, OP_UNLINK, OP_MKDIR, OP_RMDIR, OP_LINK };
enum class { C_OPEN = 1, C_WRITE = 2, C_SYNC = 4, C_TRUNCATE = 8, C_RENAME = 16, C_UNLINK = 32, C_MKDIR = 64, C_READ = 128, C_CLOSE = 256 };

/* One change, followed by its two paths and its bytes. */
struct record {
  uint32_t op, pid;
  int32_t fd, flags;
  uint64_t time_ns;
  int64_t offset;
  uint32_t path, path2, data, reserved;
};

#define FDS 65536
/* What a descriptor was opened as; a descriptor that means another file by now is forgotten when it is next used. */
struct file { char *path; dev_t dev; ino_t ino; int append; };

static struct file files[FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char *root, *match, *control;
static size_t root_length;
static int journal = -1;
static unsigned counted_class;
/* What `fault` gives for a write that stops half way. */
#define SHORT (-1)
static int fault_errno, torn;
static uint64_t nth;
static char times = '1';
static uint64_t *counts, own_counts[3];

#define REAL(result, name, ...) static result (*real_##name)(__VA_ARGS__)
REAL(int, open, const char *, int, ...);
REAL(int, openat, int, const char *, int, ...);
REAL(int, close, int);
REAL(ssize_t, read, int, void *, size_t);
REAL(ssize_t, pread, int, void *, size_t, off_t);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
REAL(ssize_t, writev, int, const struct iovec *, int);
REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
REAL(int, ftruncate, int, off_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, rename, const char *, const char *);
REAL(int, unlink, const char *);
REAL(int, unlinkat, int, const char *, int);
REAL(int, mkdir, const char *, mode_t);
REAL(int, rmdir, const char *);
REAL(int, link, const char *, const char *);

static unsigned class_of(const char *name) {
  static const char *const names[] = {"open", "write", "sync", "truncate", "rename", "unlink", "mkdir", "read", "close"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) return 1u << i;
  return strcmp(name, "any") == 0 ? ~0u : 0;
}

static void start(void) {
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
  FIND(open); FIND(openat); FIND(close); FIND(read); FIND(pread); FIND(write); FIND(pwrite); FIND(writev); FIND(pwritev);
  FIND(ftruncate); FIND(fsync); FIND(fdatasync); FIND(rename); FIND(unlink); FIND(unlinkat); FIND(mkdir); FIND(rmdir);
  FIND(link);
  counts = own_counts;
  const char *text = getenv("DSIEM_FAULT_ROOT");
  if (text == NULL || text[0] != '/') return;
  root = strdup(text);
  root_length = strlen(root);
  if ((text = getenv("DSIEM_FAULT_JOURNAL")) != NULL) {
    int fd = real_open(text, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    /* Out of the way of the small numbers that the process expects to get. */
    journal = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    real_close(fd);
    if (journal < 0) { fprintf(stderr, "the fault shim can't open its journal\n"); _exit(99); }
  }
  if ((text = getenv("DSIEM_FAULT_COUNTS")) != NULL) {
    int fd = real_open(text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || real_ftruncate(fd, sizeof own_counts) != 0) { fprintf(stderr, "the fault shim can't count\n"); _exit(99); }
    void *shared = mmap(NULL, sizeof own_counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED) counts = shared;
    real_close(fd);
  }
  if ((text = getenv("DSIEM_FAULT_MATCH")) != NULL) match = strdup(text);
  if ((text = getenv("DSIEM_FAULT_CONTROL")) != NULL) control = strdup(text);
  if ((text = getenv("DSIEM_FAULT_NTH")) != NULL) nth = strtoull(text, NULL, 10);
  if ((text = getenv("DSIEM_FAULT_TIMES")) != NULL) times = strcmp(text, "once") == 0 ? '1' : text[0];
  if ((text = getenv("DSIEM_FAULT_CLASS")) != NULL) counted_class = class_of(text);
  if ((text = getenv("DSIEM_FAULT_ERROR")) != NULL)
    fault_errno = strcmp(text, "SHORT") == 0 || strcmp(text, "TORN") == 0 ? SHORT : strcmp(text, "ENOSPC") == 0 ? ENOSPC : EIO,
    torn = strcmp(text, "TORN") == 0;
}

static void ready(void) { pthread_once(&once, start); }

/* Several processes may share a journal, and what they do has to stand there in the order in which it happened. */
static void begin(void) {
  pthread_mutex_lock(&lock);
  if (journal >= 0) flock(journal, LOCK_EX);
}
static void end(void) {
  if (journal >= 0) flock(journal, LOCK_UN);
  pthread_mutex_unlock(&lock);
}

/* The absolute path when it is below the folder, to be freed; NULL when it is none of our business. */
static char *ours(int dirfd, const char *path) {
  char whole[PATH_MAX];
  if (root == NULL || path == NULL) return NULL;
  if (path[0] != '/') {
    if (dirfd != AT_FDCWD || getcwd(whole, sizeof whole) == NULL) return NULL;
    size_t length = strlen(whole);
    snprintf(whole + length, sizeof whole - length, "/%s", path);
    path = whole;
  }
  if (strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != '\0')) return NULL;
  return strdup(path);
}

/* Whether it can't be a file of ours: sockets and pipes shall not wait for the lock. */
static int foreign(int fd) { return fd < 0 || fd >= FDS || files[fd].path == NULL; }

/* With the lock held: the file of a descriptor, unless the number means something else by now. */
static struct file *known(int fd, struct stat *facts) {
  if (foreign(fd)) return NULL;
  if (fstat(fd, facts) == 0 && facts->st_dev == files[fd].dev && facts->st_ino == files[fd].ino) return &files[fd];
  free(files[fd].path);
  files[fd].path = NULL;
  return NULL;
}

/* With the lock held: what this call gets to hear: 0 nothing, an error number, or SHORT. */
static int fault(unsigned class, const char *path) {
  if ((counted_class & class) == 0 || (match != NULL && strstr(path, match) == NULL)) return 0;
  if (control != NULL && access(control, F_OK) != 0) return 0;
  uint64_t count = ++counts[0];
  if (nth == 0) return 0;
  uint64_t turn = times == 'e' ? count % nth + (count % nth == 0 ? nth : 0) : count;
  int after = torn && count > nth && (times == 'e' ? turn == 1 : turn == nth + 1 || times == 'o');
  if (turn != nth && !after && !(times == 'o' && turn > nth)) return 0;
  counts[1]++;
  return after ? ENOSPC : fault_errno;
}

static void note(enum op op, int fd, int flags, int64_t offset, const char *path, const char *path2,
                 const struct iovec *data, int parts, size_t bytes) {
  if (journal < 0) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  size_t length = path == NULL ? 0 : strlen(path), length2 = path2 == NULL ? 0 : strlen(path2);
  struct record head = {op, (uint32_t)getpid(), fd, flags, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, offset,
                        (uint32_t)length, (uint32_t)length2, (uint32_t)bytes, 0};
  size_t size = sizeof head + length + length2 + bytes;
  char *record = malloc(size), *at = record;
  if (record == NULL) _exit(99);
  at = mempcpy(at, &head, sizeof head);
  at = mempcpy(at, path, length);
  at = mempcpy(at, path2, length2);
  for (int i = 0; i < parts && bytes > 0; i++) {
    size_t part = data[i].iov_len < bytes ? data[i].iov_len : bytes;
    at = mempcpy(at, data[i].iov_base, part);
    bytes -= part;
  }
  /* A journal with a hole would prove nothing, so a process that can't write it ends. */
  if (real_write(journal, record, size) != (ssize_t)size) _exit(99);
  free(record);
  counts[2]++;
}

/* With the lock held: remembers what a descriptor means from now on. */
static void opened(int fd, int flags, char *path) {
  struct stat facts;
  if (fd >= FDS || fstat(fd, &facts) != 0) { free(path); return; }
  free(files[fd].path);
  files[fd] = (struct file){path, facts.st_dev, facts.st_ino, (flags & O_APPEND) != 0};
  note(OP_OPEN, fd, flags, (int64_t)facts.st_ino, path, NULL, NULL, 0, 0);
}

static int do_open(int at_call, int dirfd, const char *name, int flags, mode_t mode) {
  ready();
  char *path = ours(dirfd, name);
  if (path == NULL) return at_call ? real_openat(dirfd, name, flags, mode) : real_open(name, flags, mode);
  begin();
  int error = fault(C_OPEN, path), fd = -1;
  if (error > 0) errno = error;
  else fd = real_openat(dirfd, name, flags, mode);
  int saved = errno;
  if (fd >= 0) opened(fd, flags, path);
  else free(path);
  end();
  errno = saved;
  return fd;
}

static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; }

#define OPEN(name, at, dirfd, ...)                                  \
  int name(__VA_ARGS__, int flags, ...) {                           \
    va_list list;                                                   \
    va_start(list, flags);                                          \
    mode_t mode = mode_of(flags, list);                             \
    va_end(list);                                                   \
    return do_open(at, dirfd, path, flags, mode);                   \
  }
OPEN(open, 0, AT_FDCWD, const char *path)
OPEN(open64, 0, AT_FDCWD, const char *path)
OPEN(openat, 1, dirfd, int dirfd, const char *path)
OPEN(openat64, 1, dirfd, int dirfd, const char *path)

static ssize_t do_write(int fd, const struct iovec *data, int parts, int positioned, off_t offset) {
  ready();
  if (foreign(fd)) return positioned ? real_pwritev(fd, data, parts, offset) : real_writev(fd, data, parts);
  begin();
  struct stat facts;
  struct file *file = known(fd, &facts);
  int error = file == NULL ? 0 : fault(C_WRITE, file->path);
  size_t whole = 0;
  for (int i = 0; i < parts; i++) whole += data[i].iov_len;
  struct iovec half;
  if (error == SHORT && whole > 1) {
    half = (struct iovec){data[0].iov_base, (parts == 1 ? whole : data[0].iov_len) / 2};
    if (half.iov_len > 0) { data = &half; parts = 1; }
  }
  if (file == NULL) end();
  ssize_t count = -1;
  if (error > 0) errno = error;
  else count = positioned ? real_pwritev(fd, data, parts, offset) : real_writev(fd, data, parts);
  if (file == NULL) return count;
  int saved = errno;
  if (count > 0) {
    int64_t at = offset;
    if (!positioned && file->append) at = fstat(fd, &facts) == 0 ? facts.st_size - count : -1;
    else if (!positioned) at = lseek(fd, 0, SEEK_CUR) - count;
    note(OP_WRITE, fd, file->append, at, NULL, NULL, data, parts, (size_t)count);
  }
  end();
  errno = saved;
  return count;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  struct iovec data = {(void *)bytes, length};
  return do_write(fd, &data, 1, 0, 0);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  struct iovec data = {(void *)bytes, length};
  return do_write(fd, &data, 1, 1, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwrite(fd, bytes, length, offset); }
ssize_t writev(int fd, const struct iovec *data, int parts) { return do_write(fd, data, parts, 0, 0); }
ssize_t pwritev(int fd, const struct iovec *data, int parts, off_t offset) { return do_write(fd, data, parts, 1, offset); }
ssize_t pwritev64(int fd, const struct iovec *data, int parts, off_t offset) { return do_write(fd, data, parts, 1, offset); }

/* Reads are only counted and failed, and run without the lock. */
static int read_fault(int fd) {
  ready();
  if ((counted_class & C_READ) == 0 || foreign(fd)) return 0;
  begin();
  struct stat facts;
  struct file *file = known(fd, &facts);
  int error = file == NULL ? 0 : fault(C_READ, file->path);
  end();
  return error;
}
ssize_t read(int fd, void *bytes, size_t length) {
  int error = read_fault(fd);
  if (error > 0) { errno = error; return -1; }
  return real_read(fd, bytes, length);
}
ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
  int error = read_fault(fd);
  if (error > 0) { errno = error; return -1; }
  return real_pread(fd, bytes, length, offset);
}
ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) { return pread(fd, bytes, length, offset); }

/* A call on a descriptor that changes something: fails, or is done and noted. */
#define ON_FILE(class, op, offset, call)                             \
  ready();                                                           \
  if (foreign(fd)) return call;                                      \
  begin();                                                           \
  struct stat facts;                                                 \
  struct file *file = known(fd, &facts);                             \
  int error = file == NULL ? 0 : fault(class, file->path);           \
  if (file == NULL) { end(); return call; }                          \
  int result = -1;                                                   \
  if (error > 0) errno = error;                                      \
  else result = call;                                                \
  int saved = errno;                                                 \
  if (result == 0) note(op, fd, 0, offset, NULL, NULL, NULL, 0, 0);  \
  end();                                                             \
  errno = saved;                                                     \
  return result;

int fsync(int fd) { ON_FILE(C_SYNC, OP_FSYNC, 0, real_fsync(fd)) }
int fdatasync(int fd) { ON_FILE(C_SYNC, OP_FDATASYNC, 0, real_fdatasync(fd)) }
int ftruncate(int fd, off_t size) { ON_FILE(C_TRUNCATE, OP_TRUNCATE, size, real_ftruncate(fd, size)) }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int close(int fd) {
  ready();
  if (foreign(fd)) return real_close(fd);
  begin();
  struct stat facts;
  struct file *file = known(fd, &facts);
  int error = file == NULL ? 0 : fault(C_CLOSE, file->path);
  if (file != NULL) {
    note(OP_CLOSE, fd, 0, 0, NULL, NULL, NULL, 0, 0);
    free(file->path);
    file->path = NULL;
  }
  /* Linux has closed the descriptor even when it reports an error. */
  int result = real_close(fd), saved = errno;
  end();
  errno = error > 0 ? error : saved;
  return error > 0 ? -1 : result;
}

/* A call on a name that changes something. */
#define ON_NAME(class, op, dirfd, name, other, call)                     \
  ready();                                                               \
  char *path = ours(dirfd, name), *path2 = ours(AT_FDCWD, other);        \
  if (path == NULL && path2 == NULL) return call;                        \
  begin();                                                               \
  int error = fault(class, path == NULL ? path2 : path), result = -1;    \
  if (error > 0) errno = error;                                          \
  else result = call;                                                    \
  int saved = errno;                                                     \
  if (result == 0) note(op, -1, 0, 0, path, path2, NULL, 0, 0);          \
  end();                                                                 \
  free(path);                                                            \
  free(path2);                                                           \
  errno = saved;                                                         \
  return result;

int rename(const char *from, const char *to) { ON_NAME(C_RENAME, OP_RENAME, AT_FDCWD, from, to, real_rename(from, to)) }
int link(const char *from, const char *to) { ON_NAME(C_RENAME, OP_LINK, AT_FDCWD, from, to, real_link(from, to)) }
int unlink(const char *name) { ON_NAME(C_UNLINK, OP_UNLINK, AT_FDCWD, name, NULL, real_unlink(name)) }
int unlinkat(int dirfd, const char *name, int flags) {
  ON_NAME(C_UNLINK, flags & AT_REMOVEDIR ? OP_RMDIR : OP_UNLINK, dirfd, name, NULL, real_unlinkat(dirfd, name, flags))
}
int mkdir(const char *name, mode_t mode) { ON_NAME(C_MKDIR, OP_MKDIR, AT_FDCWD, name, NULL, real_mkdir(name, mode)) }
int rmdir(const char *name) { ON_NAME(C_UNLINK, OP_RMDIR, AT_FDCWD, name, NULL, real_rmdir(name)) }
