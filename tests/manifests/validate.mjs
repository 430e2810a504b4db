// SPDX-License-Identifier: GPL-2.0-or-later
// What schemas say about Kubernetes objects and GitHub's workflows, and what an admission policy decides:
//
//   node validate.mjs FOLDER <questions.json >answers.json
//
// FOLDER contains node_modules. Questions and answers are lists of the same length:
//
//   {"object": OBJECT}                       a list of errors
//   {"workflow": TEXT}                       a list of errors
//   {"policy": OBJECT, "request": {"object": OBJECT, "oldObject": OBJECT or null}}
//                                            a list of messages with which the policy refuses the request

import { createRequire, register } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "package.json"));

// @actions/workflow-parser imports JSON in a manner that only bundlers accept.
const jsonLoader = `
	import { readFileSync } from "node:fs";
	import { fileURLToPath } from "node:url";
	export async function load(url, context, next) {
		if (!url.endsWith(".json"))
			return next(url, context);
		const source = "export default " + readFileSync(fileURLToPath(url), "utf8");
		return { format: "module", source, shortCircuit: true };
	}`;
register("data:text/javascript," + encodeURIComponent(jsonLoader));

const load = (name, file) => import(pathToFileURL(path.join(folder, "node_modules", name, file)));
const { evaluate } = await load("@marcbachmann/cel-js", "lib/index.js");
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await load("@actions/workflow-parser", "dist/index.js");

// The schemas of kubernetes-models allow unknown members, as Kubernetes' own do. Their validators read each member that they know:
// what nothing has read is unknown.
function watched(value, where, unread)
{
	if (value === null || typeof value !== "object")
		return value;
	const read = new Set();
	const members = new Map(Object.entries(value).map(([key, member]) => [key, watched(member, `${where}/${key}`, unread)]));
	if (!Array.isArray(value))
		unread.push(() => Object.keys(value).filter((key) => !read.has(key)).map((key) => `${where}/${key}: unknown`));
	return new Proxy(value, {
		get(target, key) {
			read.add(key);
			return members.has(key) ? members.get(key) : target[key];
		},
		// A map such as annotations: each member is allowed.
		ownKeys(target) {
			Object.keys(target).forEach((key) => read.add(key));
			return Reflect.ownKeys(target);
		},
	});
}

function objectErrors(object)
{
	const unread = [];
	let model;

	try {
		model = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
	} catch {
		return [`no schema for ${object.apiVersion} ${object.kind}`];
	}
	try {
		model.prototype.validate.call(watched(object, "", unread));
	} catch (error) {
		return [error.message];
	}
	return unread.flatMap((list) => list());
}

async function workflowErrors(text)
{
	const result = parseWorkflow({ name: "workflow.yml", content: text }, new NoOperationTraceWriter());

	if (result.value)
		await convertWorkflowTemplate(result.context, result.value);
	return result.context.errors.getErrors().map((error) => error.message);
}

function policyMessages(policy, request)
{
	const variables = {};
	const context = { object: request.object, oldObject: request.oldObject, variables };

	for (const { name, expression } of policy.spec.variables ?? [])
		variables[name] = evaluate(expression, context);
	return policy.spec.validations.filter(({ expression }) => evaluate(expression, context) !== true).map(({ message }) => message);
}

const answers = [];
for (const question of JSON.parse(readFileSync(0, "utf8"))) {
	if (question.workflow !== undefined)
		answers.push(await workflowErrors(question.workflow));
	else if (question.policy)
		answers.push(policyMessages(question.policy, question.request));
	else
		answers.push(objectErrors(question.object));
}
process.stdout.write(JSON.stringify(answers));
