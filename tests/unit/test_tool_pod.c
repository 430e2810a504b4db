/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings of oci-readonly check in Kubernetes objects, and their positions. */
#include <unistd.h>

#include "expect.h"
#include "tool/pod.h"
#include "tool/sources.h"

#define KEY	      "io.containers.readonly"
#define LIST	      "io.containers.readonly.tmpfs"
#define FINDINGS_MOST 6

/* The pod of a template with one container. */
#define TEMPLATE(annotations)                                                                      \
	"spec: {template: {metadata: {annotations: {" annotations "}}, "                           \
	"spec: {containers: [{name: app}]}}}\n"

struct row {
	const char *text;
	const char *found[FINDINGS_MOST]; /* each "LINE:COLUMN KIND" and a part of the text */
	const char *printed;		  /* a part of the text about the containers */
};

/* Writes the text to a file and surveys it. The caller frees the text about the containers. */
static char *survey_text(const char *text, struct survey *survey)
{
	static const struct options options;
	char name[] = "pod-XXXXXX";
	struct error error = UNSET_ERROR;
	int fd = mkstemp(name);
	size_t length;
	char *printed;
	int r;

	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	survey->judge = (struct judge){.options = &options, .total_memory = 1 << 30};
	survey->output = (struct output){.file = open_memstream(&printed, &length), .columns = 80};
	r = sources_pod(survey, name, &error);
	unlink(name);
	expect_success(text, r, &error);
	fclose(survey->output.file);
	findings_sort(&survey->findings);
	return printed;
}

static void expect_finding(const char *row, const struct finding *finding, const char *wanted)
{
	char found[ERROR_TEXT_MAX];
	const char *part = strchr(wanted, ' ');

	snprintf(found, sizeof(found), "%zu:%zu%s", finding->line, finding->column,
		 finding->is_warning ? "?" : "!");
	cr_expect(!strncmp(found, wanted, strlen(found)), "'%s': %s (%s) instead of %s", row, found,
		  finding->text, wanted);
	cr_expect(part && strstr(finding->text, part + 1), "'%s': '%s' is not in '%s'", row,
		  part ? part + 1 : "", finding->text);
}

static void expect_row(const struct row *row)
{
	AUTO_SURVEY survey = {0};
	AUTO_FREE char *printed = survey_text(row->text, &survey);
	size_t count = 0;

	while (count < FINDINGS_MOST && row->found[count])
		count++;
	expect_number(row->text, survey.findings.count, count);
	for (size_t i = 0; i < count && i < survey.findings.count; i++)
		expect_finding(row->text, &survey.findings.items[i], row->found[i]);
	for (size_t i = count; i < survey.findings.count; i++)
		cr_expect(false, "'%s': %s", row->text, survey.findings.items[i].text);
	if (row->printed)
		cr_expect(strstr(printed, row->printed), "'%s': '%s' is not in '%s'", row->text,
			  row->printed, printed);
}

static void expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_row(&rows[i]);
}

Test(pod, kinds)
{
	static const struct row rows[] = {
		{"kind: Pod\nmetadata: {name: p, annotations: {" KEY ": 'true'}}\n"
		 "spec: {containers: [{name: app}]}",
		 {NULL},
		 "Pod p, container app\nroot read-only"},
		{"kind: StatefulSet\nmetadata: {name: s}\n" TEMPLATE(KEY ": 'true'"),
		 {NULL},
		 "StatefulSet s, container app\nroot read-only"},
		{"kind: ReplicaSet\n" TEMPLATE(KEY ": 'true'"),
		 {NULL},
		 "ReplicaSet, container app\nroot read-only"},
		{"kind: Rollout\n" TEMPLATE(KEY ": 'true'"),
		 {NULL},
		 "Rollout, container app\nroot read-only"},
		{"kind: CronJob\nspec: {jobTemplate: {" TEMPLATE(KEY ": 'true'") "}}",
		 {NULL},
		 "CronJob, container app\nroot read-only"},
		{"kind: Pod\nspec: {initContainers: [{name: a}], containers: [{name: b}],\n"
		 "  ephemeralContainers: [{name: c}]}",
		 {NULL},
		 "Pod, init container a\nleft alone: no annotation asks for it\n\n"
		 "Pod, container b\nleft alone: no annotation asks for it\n\n"
		 "Pod, ephemeral container c\nleft alone"},
		{"kind: List\nitems:\n- kind: Pod\n  spec: {containers: [{name: a}]}\n"
		 "- kind: List\n  items: [{kind: Pod, spec: {containers: [{name: b}]}}]",
		 {NULL},
		 "Pod, container a\nleft alone: no annotation asks for it\n\n"
		 "Pod, container b\n"},
		{"kind: PodList\nitems: [{spec: {containers: [{}]}}]",
		 {NULL},
		 "Pod, container without a name\nleft alone"},
		{"kind: ConfigMap\n---\nkind: Pod\nspec: {containers: [{name: a}]}",
		 {NULL},
		 "Pod, container a\n"},
		{"kind: ConfigMap", {"0:0? makes a pod"}, NULL},
		{"- a\n--- \nb", {"0:0? makes a pod"}, NULL},
		{"", {"0:0? makes a pod"}, NULL},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* With the name that CRI-O and containerd give the hook. */
Test(pod, containers)
{
	static const struct row rows[] = {
		{"kind: StatefulSet\n" TEMPLATE(KEY ": 'true', " LIST ": /a, " LIST "/app: /b"),
		 {NULL},
		 "/b    50%"},
		{"kind: StatefulSet\n" TEMPLATE(KEY "/ap: 'true'"),
		 {"2:44! the pod has no container 'ap'"},
		 "left alone"},
		{"kind: Pod\nmetadata: {annotations: {" KEY "/app: 'true'}}\n"
		 "spec: {containers: [{name: app}]}",
		 {"2:26? does not pass on a container's name"},
		 "read-only"},
		/* The engine's name replaces a forged one. */
		{"kind: Pod\nmetadata: {annotations: {io.kubernetes.container.name: x, " LIST
		 "/x: /a}}\nspec: {containers: [{name: app}, {name: x}]}",
		 {"2:59? does not pass on"},
		 "Pod, container app\nleft alone"},
		/* No pod can claim to be a sandbox. */
		{"kind: Pod\nmetadata: {annotations: {io.kubernetes.cri-o.ContainerType: sandbox,\n"
		 "  io.kubernetes.cri-o.SandboxID: a, " KEY ": 'true'}}\n"
		 "spec: {containers: [{name: app}]}",
		 {NULL},
		 "root read-only"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

Test(pod, values)
{
	static const struct row rows[] = {
		{"kind: Pod\nmetadata:\n  annotations:\n    " KEY ": true\n"
		 "spec: {containers: [{name: app}]}",
		 {"4:29! must be a string, and this one is a boolean"},
		 "root read-only"},
		{"kind: Pod\nmetadata:\n  annotations:\n    " KEY ":\n"
		 "spec: {containers: [{name: app}]}",
		 {"4:28! this one is null", "4:28! neither 'true' nor 'false'"},
		 NULL},
		{"kind: Pod\nmetadata:\n  annotations: {" LIST ": [/run]}\n"
		 "spec: {containers: [{name: app}]}",
		 {"3:47! this one is a list"},
		 "left alone"},
		{"kind: Pod\nmetadata:\n  annotations:\n    " LIST ": |\n      /run\n"
		 "      /tmp:size=x\nspec: {containers: [{name: app}]}",
		 {"6:12! 'x' is no"},
		 "refused, exit status 65"},
		{"kind: Pod\nmetadata:\n  annotations:\n    " LIST
		 ": \"/run;\\\n      /tmp:size=x\"\n"
		 "spec: {containers: [{name: app}]}",
		 {"5:12! 'x' is no"},
		 "refused, exit status 65"},
		{"{\"kind\":\"Pod\",\"metadata\":{\"annotations\":\n\t{\"" LIST
		 "\":\"/run;/tmp:size=x\"}},\n\"spec\":{\"containers\":[{\"name\":\"app\"}]}}",
		 {"2:45! 'x' is no"},
		 "refused, exit status 65"},
		{"kind: Pod\nmetadata:\n  annotations:\n    " LIST
		 ": /a23456789012345678901234567890123456789012345678901234567890123\n"
		 "spec: {containers: [{name: app}]}",
		 {"4:5? more than 63 bytes, and this one has 64"},
		 NULL},
		{"kind: StatefulSet\n" TEMPLATE(
			 LIST ": /a23456789012345678901234567890123456789012345678901234567890123"),
		 {NULL},
		 NULL},
		{"kind: Pod\nmetadata: {annotations: {" LIST ": /run/a.pid;/run/b.sock;/c.log}}\n"
		 "spec: {containers: [{name: app}]}",
		 {"2:56! name is that of a file", "2:67! name is that of a file",
		  "2:79! name is that of a file"},
		 NULL},
		{"kind: Pod\nmetadata:\n  annotations:\n    " KEY ": 'false'\n    " KEY ": 'true'\n"
		 "spec: {containers: [{name: app}]}",
		 {"4:5! written again"},
		 "root read-only"},
		{"x: &x {" KEY ": 'true', " LIST ": /run}\nkind: Pod\nmetadata:\n  annotations:\n"
		 "    <<: *x\n    " LIST ": /tmp\nspec: {containers: [{name: app}]}",
		 {NULL},
		 "/tmp  50%"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* Where Kubernetes reads annotations, and where podman kube play does. */
Test(pod, places)
{
	static const struct row rows[] = {
		{"kind: Deployment\nmetadata:\n  annotations:\n    " KEY ": 'true'\n" TEMPLATE(""),
		 {"4:5! does not read it here, but in the Deployment's template"},
		 "Deployment, container app, by podman kube play\nroot read-only"},
		{"kind: Deployment\n" TEMPLATE(KEY ": 'true'"),
		 {"2:44? podman kube play does not read it here"},
		 "Deployment, container app\nroot read-only"},
		{"kind: Deployment\nmetadata: {annotations: {" KEY
		 ": 'true'}}\n" TEMPLATE(KEY ": 'true'"),
		 {NULL},
		 "Deployment, container app\nroot read-only"},
		{"kind: Deployment\nmetadata: {annotations: {" KEY
		 ": 'false'}}\n" TEMPLATE(KEY ": 'true'"),
		 {"2:26? its value is another one"},
		 "by podman kube play\nleft alone: its annotation is 'false'"},
		/* Output of a cluster, with which podman is not concerned. */
		{"kind: Deployment\nmetadata: {uid: x}\n" TEMPLATE(KEY ": 'true'"), {NULL}, NULL},
		{"kind: StatefulSet\nmetadata: {annotations: {" KEY ": 'true'}}\n" TEMPLATE(""),
		 {"2:26! does not read it here, but in the StatefulSet's template"},
		 "StatefulSet, container app\nleft alone"},
		{"kind: CronJob\nspec: {jobTemplate: {metadata: {annotations: {" KEY
		 ": 'true'}}, " TEMPLATE("") "}}",
		 {"2:47! nothing reads it here"},
		 NULL},
		{"kind: Pod\nmetadata: {labels: {" KEY ": 'true'}}\n"
		 "spec: {containers: [{name: app, annotations: {io.container.readOnly: x}}]}",
		 {"2:21! nothing reads it here", "3:47! nothing reads it here"},
		 NULL},
		{"kind: Namespace\nmetadata: {annotations: {" KEY ": 'true'}}\n",
		 {"0:0? makes a pod", "2:26! a Namespace creates no pod"},
		 NULL},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* What else the pod says about its containers. */
Test(pod, volumes)
{
	static const struct row rows[] = {
		{"kind: Pod\nmetadata:\n  annotations: {" LIST
		 ": /run;/data}\nspec:\n  containers:\n"
		 "  - {name: a, volumeMounts: [{name: v, mountPath: /data}]}\n"
		 "  - {name: b, volumeMounts: [{name: w, mountPath: /run/w, readOnly: true}]}\n",
		 {"3:52! from volume v"},
		 "keeps /run/w"},
		{"kind: Pod\nmetadata:\n  annotations: {" LIST ": /run:U}\nspec:\n"
		 "  securityContext: {runAsUser: 5, runAsGroup: 6}\n"
		 "  containers: [{name: a, securityContext: {runAsUser: 7}}]\n",
		 {NULL},
		 "uid=7,gid=6"},
		{"kind: Pod\nmetadata:\n  annotations: {" LIST ": /run:U}\n"
		 "spec: {containers: [{name: a}]}\n",
		 {NULL},
		 "relatime,U\n"},
		{"kind: Pod\nmetadata:\n  annotations: {" LIST ": /run}\nspec:\n"
		 "  containers: [{name: a, securityContext: {readOnlyRootFilesystem: true}}]\n",
		 {NULL},
		 "root read-only already\n"},
		{"kind: Pod\nmetadata:\n  annotations: {" LIST ": /proc/x}\n"
		 "spec: {containers: [{name: a}]}\n",
		 {"3:47! kernel filesystem (proc)"},
		 "refused, exit status 73"},
	};

	expect_rows(rows, ARRAY_SIZE(rows));
}

/* Invalid YAML is an error with a position, not a finding. */
Test(pod, unreadable)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"a: [b\nc: d\n", ":2:2: did not find expected ',' or ']'"},
		{"a: b\n\tc: d\n", ":2:1: found a tab character that violates indentation"},
		{"\xff", ":1:1: not UTF-8"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[] = "pod-XXXXXX";
		AUTO_SURVEY survey = {0};
		struct error error = UNSET_ERROR;
		int fd = mkstemp(name);
		int r;

		cr_assert(fd >= 0);
		cr_assert(write(fd, rows[i].text, strlen(rows[i].text)) > 0);
		close(fd);
		r = sources_pod(&survey, name, &error);
		unlink(name);
		expect_error(rows[i].text, r, &error, STATUS_INPUT, ANYWHERE, rows[i].error);
	}
}

static int find_pods(size_t containers, struct error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_YAML yaml = {0};
	AUTO_PODS pods = {0};
	size_t length;
	FILE *file = open_memstream(&text, &length);
	int r;

	fprintf(file, "kind: Pod\nspec:\n  containers:\n");
	for (size_t i = 0; i < containers; i++)
		fprintf(file, "  - {}\n");
	fclose(file);
	r = yaml_parse(text, length, error, &yaml);
	return r < 0 ? r : pods_find(&yaml, error, &pods);
}

Test(pod, limits)
{
	AUTO_FREE char *long_value = repeat('x', 256 * 1024);
	AUTO_FREE char *text = NULL;
	struct error error = UNSET_ERROR;
	struct row row = {.found = {"3:16! more annotations than"}};

	expect_success("containers", find_pods(POD_CONTAINERS_MAX, &error), &error);
	expect_error("containers", find_pods(POD_CONTAINERS_MAX + 1, &error), &error, STATUS_INPUT,
		     30 + 7 * POD_CONTAINERS_MAX + 4, "more than 8192 containers");
	cr_assert(asprintf(&text,
			   "kind: Pod\nmetadata:\n  annotations: {a: %s}\n"
			   "spec: {containers: [{name: app}]}\n",
			   long_value) > 0);
	row.text = text;
	expect_row(&row);
}
