/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system log receives, byte for byte, on a /dev/log of the test. */
#include "linux/log.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "core/memory.h"
#include "forged.h"
#include "sandbox.h"

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
static int log_socket;

static void make_socket(int type)
{
	sandbox_enter();
	MUST(mount("sandbox", "/dev", "tmpfs", 0, NULL));
	log_socket = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	MUST(log_socket);
	MUST(bind(log_socket, (const struct sockaddr *)&address, sizeof(address)));
}

static void log_begin(void)
{
	make_socket(SOCK_DGRAM);
}

/* The next message without syslog(3)'s prefix, "<PRIORITY>DATE NAME[PID]: ". NULL if there is none.
 */
static const char *next_message(int *ret_priority)
{
	static char buffer[100000];
	ssize_t length = recv(log_socket, buffer, sizeof(buffer) - 1, 0);
	char *text;

	if (length < 0)
		return NULL;
	buffer[length] = '\0';
	cr_assert((size_t)length == strlen(buffer), "a NUL in the message");
	cr_assert(sscanf(buffer, "<%d>", ret_priority) == 1, "%s", buffer);
	text = strstr(buffer, "oci-readonly-hook[");
	cr_assert(text && strstr(text, "]: "), "%s", buffer);
	return strstr(text, "]: ") + 3;
}

static void expect_message(int priority, const char *wanted)
{
	int found_priority = -1;
	const char *found = next_message(&found_priority);

	cr_assert(found, "no message instead of '%s'", wanted);
	cr_expect_str_eq(found, wanted);
	/* LOG_DAEMON. */
	cr_expect(found_priority == (3 << 3 | priority), "priority %d", found_priority);
}

static void expect_silence(void)
{
	int priority;
	const char *found = next_message(&priority);

	cr_expect(!found, "'%s' instead of nothing", found);
}

/* Standard error as a file, to be read. */
static void stderr_begin(void)
{
	int fd = open(SANDBOX "/stderr", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	MUST(fd);
	fflush(stderr);
	MUST(dup2(fd, STDERR_FILENO));
}

static const char *stderr_text(void)
{
	static char buffer[10000];
	ssize_t length = pread(STDERR_FILENO, buffer, sizeof(buffer) - 1, 0);

	MUST(length);
	buffer[length] = '\0';
	return buffer;
}

Test(log, levels, .init = log_begin)
{
	static const struct {
		enum log_level wanted;
		bool info, debug;
	} rows[] = {
		{LEVEL_ERROR, false, false},
		{LEVEL_INFO, true, false},
		{LEVEL_DEBUG, true, true},
	};

	log_container("0123456789abcdef");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		log_level(rows[i].wanted);
		log_line(LEVEL_INFO, "root=%s", "ro");
		if (rows[i].info)
			expect_message(6, "container=0123456789ab root=ro");
		expect_silence();
		log_line(LEVEL_DEBUG, "left alone: %s", "why");
		if (rows[i].debug)
			expect_message(7, "container=0123456789ab left alone: why");
		expect_silence();
	}
}

/* Errors are logged at every level. */
Test(log, errors, .init = log_begin)
{
	struct error error;

	stderr_begin();
	log_level(LEVEL_ERROR);
	log_container("0123456789abcdef");
	error_set(&error, STATUS_PATH, 0, "/run: a\nline root=ro\x1b[31m\xff");
	log_error(&error);
	expect_message(3, "container=0123456789ab status=73 "
			  "0123456789ab: /run: a\\x0aline root=ro\\x1b[31m\\xff");
	expect_silence();
	cr_expect_str_eq(
		stderr_text(),
		"oci-readonly-hook: 0123456789ab: /run: a\\x0aline root=ro\\x1b[31m\\xff\n");
}

/* The runtime has closed its end, or the disk is full. */
Test(log, standard_error_cannot_be_written, .init = log_begin)
{
	struct error error;

	error_set(&error, STATUS_PATH, 0, "why");
	log_container("");
	MUST(dup2(log_socket, STDERR_FILENO));
	MUST(shutdown(log_socket, SHUT_WR));
	log_error(&error);
	expect_message(4, "standard error cannot be written to");
	expect_message(3, "status=73 why");
}

/* Both kinds of line have the names of the pod. */
Test(log, pod, .init = log_begin)
{
	struct error error;

	stderr_begin();
	log_container("0123456789abcdef");
	log_pod("shop", "cart-0", "web");
	log_done("root=ro");
	expect_message(6, "container=0123456789ab status=0 namespace=shop pod=cart-0 name=web "
			  "root=ro");
	error_set(&error, STATUS_POLICY, 0, "why");
	log_error(&error);
	expect_message(3, "container=0123456789ab status=77 namespace=shop pod=cart-0 name=web "
			  "0123456789ab: why");
	cr_expect_str_eq(stderr_text(), "oci-readonly-hook: 0123456789ab: why\n");
	log_line(LEVEL_INFO, "left alone: %s", "why");
	expect_message(6, "container=0123456789ab left alone: why");
	log_pod(NULL, NULL, "app");
	log_done("root=ro");
	expect_message(6, "container=0123456789ab status=0 name=app root=ro");
	log_level(LEVEL_ERROR);
	log_done("root=ro");
	expect_silence();
}

/* Names of any length leave room for the other names, and for the result. */
Test(log, forged_names, .init = log_begin)
{
	static char name[100000];

	for (size_t i = 0; i <= ARRAY_SIZE(forged_values); i++) {
		const char *value = i < ARRAY_SIZE(forged_values) ? forged_values[i] : name;
		const char *found;
		int priority;

		memset(name, '\n', sizeof(name) - 1);
		log_container("0123456789abcdef");
		log_pod(value, value, value);
		log_done("root=unchanged");
		found = next_message(&priority);
		cr_assert(found);
		cr_expect(strstr(found, "status=0 namespace=") && strstr(found, " pod=") &&
				  strstr(found, " name=") && strstr(found, " root=unchanged"),
			  "%s", found);
		cr_expect(!strpbrk(found, "\n\t\"\x1b\xff") && !strstr(found, " root=ro"), "%s",
			  found);
	}
}

Test(log, forged, .init = log_begin)
{
	log_container("a b=c\n\"d\\");
	log_line(LEVEL_INFO, "x=%s", "1\nroot=ro\x1b\xff\xe2\x80\xae");
	expect_message(6, "container=a\\x20b\\x3dc\\x0a\\x22d\\x5c "
			  "x=1\\x0aroot=ro\\x1b\\xff\\xe2\\x80\\xae");
	expect_silence();
}

/* Format directives in text from outside stay text. */
Test(log, directives, .init = log_begin)
{
	struct error error;

	stderr_begin();
	log_container("%s%n");
	log_line(LEVEL_INFO, "%s", "%n%s%m");
	expect_message(6, "container=%s%n %n%s%m");
	error_set(&error, STATUS_PATH, 0, "%s", "%n%s%m");
	log_error(&error);
	expect_message(3, "container=%s%n status=73 %s%n: %n%s%m");
}

Test(log, long_texts, .init = log_begin)
{
	static char text[100000];
	struct error error;
	const char *found;
	int priority;

	memset(text, '\n', sizeof(text) - 1);
	stderr_begin();
	log_container(text);
	log_line(LEVEL_INFO, "%s", text);
	found = next_message(&priority);
	cr_expect(found && !strchr(found, '\n') && strlen(found) > 4096);
	error_set(&error, STATUS_PATH, 0, "%s", text);
	log_error(&error);
	found = next_message(&priority);
	cr_expect(found && !strchr(found, '\n') && strlen(found) > 1024);
	found = stderr_text();
	cr_expect(strchr(found, '\n') == found + strlen(found) - 1, "%s", found);
}

/* The same bytes as syslog(3) sends. */
Test(log, format, .init = log_begin)
{
	char buffer[200], name[32], month[4], pid[16];
	int priority, day, hour, minute, second, length = 0;
	ssize_t received;

	log_container("id");
	log_line(LEVEL_INFO, "text");
	received = recv(log_socket, buffer, sizeof(buffer) - 1, 0);
	MUST(received);
	buffer[received] = '\0';
	cr_assert(sscanf(buffer, "<%d>%3s %2d %2d:%2d:%2d %31[^[][%15[0-9]]: %n", &priority, month,
			 &day, &hour, &minute, &second, name, pid, &length) == 8,
		  "%s", buffer);
	/* "Jan  2 03:04:05 " has the same length on each day. */
	cr_expect(strncmp(buffer + strlen("<30>Jan  2 03:04:05"), " oci", 4) == 0, "%s", buffer);
	cr_expect_str_eq(name, "oci-readonly-hook");
	cr_expect(atoi(pid) == getpid());
	cr_expect_str_eq(buffer + length, "container=id text");
}

/* Nothing is written to standard error, where it would look like a failure. */
Test(log, audit, .init = log_begin)
{
	struct error error;

	stderr_begin();
	log_level(LEVEL_ERROR);
	log_container("id");
	log_audit();
	error_set(&error, STATUS_POLICY, 0, "why");
	log_refusal(&error);
	expect_message(4, "audit: container=id status=77 id: why");
	log_done("root=ro");
	expect_silence();
	log_level(LEVEL_INFO);
	log_done("root=ro");
	expect_message(6, "audit: container=id status=0 root=ro");
	cr_expect_str_eq(stderr_text(), "");
}

/* Messages that nobody reads fill the queue. */
static void fill_queue(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	MUST(fd);
	MUST(connect(fd, (const struct sockaddr *)&address, sizeof(address)));
	while (send(fd, "x", 1, 0) == 1)
		;
	cr_assert(errno == EAGAIN);
	close(fd);
}

static void drain_queue(void)
{
	char buffer[100];
	ssize_t received;

	while ((received = recv(log_socket, buffer, sizeof(buffer), 0)) >= 0)
		cr_assert(received == 1 && buffer[0] == 'x');
}

/* If nobody reads, a process gives up once, and then sends nothing more. */
Test(log, queue_is_full, .init = log_begin, .timeout = 30)
{
	struct error error;

	stderr_begin();
	log_container("id");
	fill_queue();
	for (int i = 0; i < 1000; i++)
		log_line(LEVEL_INFO, "line %d", i);
	drain_queue();
	error_set(&error, STATUS_PATH, 0, "why");
	log_error(&error);
	expect_silence();
	cr_expect_str_eq(stderr_text(), "oci-readonly-hook: id: why\n");
}

/* A socket that is missing, or on which nobody listens, costs no time and is no reason to give up.
 */
Test(log, no_listener, .init = log_begin)
{
	log_container("id");
	MUST(rename("/dev/log", "/dev/gone"));
	log_line(LEVEL_INFO, "missing");
	MUST(close(log_socket));
	MUST(rename("/dev/gone", "/dev/log"));
	log_line(LEVEL_INFO, "dead");
	MUST(unlink("/dev/log"));
	log_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	MUST(bind(log_socket, (const struct sockaddr *)&address, sizeof(address)));
	log_line(LEVEL_INFO, "there");
	expect_message(6, "container=id there");
	expect_silence();
}

static void stream_begin(void)
{
	make_socket(SOCK_STREAM);
	MUST(listen(log_socket, 1));
}

/* Some daemons listen on a stream socket, where a NUL ends a message. */
Test(log, stream, .init = stream_begin)
{
	static const char wanted[] = "container=id text";
	char buffer[200];
	ssize_t received;
	int fd;

	log_container("id");
	log_line(LEVEL_INFO, "text");
	fd = accept(log_socket, NULL, NULL);
	MUST(fd);
	received = recv(fd, buffer, sizeof(buffer), 0);
	cr_assert(received > (ssize_t)sizeof(wanted));
	cr_expect(memcmp(buffer + received - sizeof(wanted), wanted, sizeof(wanted)) == 0);
	close(fd);
}

/* Nobody accepts the connection. */
Test(log, stream_is_full, .init = stream_begin, .timeout = 30)
{
	log_container("id");
	for (int i = 0; i < 1000; i++)
		log_line(LEVEL_INFO, "line %d", i);
}
