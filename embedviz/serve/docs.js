// @ts-check
// The page of the OpenAPI description: every operation with its fields, a request to try, and the curl line for it.
// Everything from the description is set as text, never as HTML.

/** @typedef {Record<string, any>} Schema */

const HINT = { 400: "what was asked cannot be done", 404: "unknown label or space", 413: "body too large", 422: "a field is wrong" };
/** @type {Schema} */
let description = {};

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Make an element with text and children.
 * @param {string} tag @param {string} [text] @param {Node[]} [children] @returns {HTMLElement} */
function element(tag, text = "", children = []) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

/** Follow a reference within the description. @param {Schema} schema @returns {Schema} */
function resolved(schema) {
  const name = schema?.$ref?.split("/").pop();
  return name ? description.components.schemas[name] : (schema ?? {});
}

/** Name a schema's type. @param {Schema} schema @returns {string} */
function typeName(schema) {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(typeName).join(" or ");
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ value) => JSON.stringify(value)).join(" or ");
  if (schema.type === "array") return `list of ${typeName(schema.items ?? {})}`;
  return schema.type ?? "any";
}

/** An example of a schema: its own, its default, or made of its fields. @param {Schema} given @param {number} [depth] @returns {any} */
function example(given, depth = 0) {
  const schema = resolved(given);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  const options = (schema.anyOf ?? schema.oneOf ?? []).filter((/** @type {Schema} */ one) => one.type !== "null");
  if (options.length) return example(options.find((/** @type {Schema} */ one) => one.$ref) ?? options[0], depth);
  if (schema.enum) return schema.enum[0];
  if (schema.type === "array") return [example(schema.items ?? {}, depth + 1)];
  if (schema.type === "object" && schema.properties && depth < 5) {
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties).filter(
      ([name, field]) => required.has(name) || resolved(field).examples?.length || field.default != null,
    );
    return Object.fromEntries(fields.map(([name, field]) => [name, example(field, depth + 1)]));
  }
  if (schema.type === "object") return {};
  return schema.type === "integer" || schema.type === "number" ? 1 : "";
}

/** A table of fields: name, type, meaning. @param {[string, Schema, boolean][]} fields */
function fieldsTable(fields) {
  const head = element("tr", "", ["Field", "Type", "Meaning"].map((title) => element("th", title)));
  const rows = fields.map(([name, schema, required]) => {
    const value = schema.default != null ? ` Default: ${JSON.stringify(schema.default)}.` : required ? " Required." : "";
    const text = `${schema.description ?? resolved(schema).description ?? ""}${value}`;
    return element("tr", "", [element("td", "", [element("code", name)]), element("td", typeName(schema)), element("td", text)]);
  });
  return element("table", "", [element("thead", "", [head]), element("tbody", "", rows)]);
}

/** The fields of a body, and of the rows in it. @param {Schema} given @returns {Node[]} */
function bodyTables(given) {
  const schema = resolved(given);
  /** @type {Node[]} */
  const tables = [];
  const required = new Set(schema.required ?? []);
  if (schema.properties) {
    tables.push(fieldsTable(Object.entries(schema.properties).map(([name, field]) => [name, field, required.has(name)])));
  }
  for (const field of Object.values(schema.properties ?? {})) {
    for (const one of [field, ...(field.anyOf ?? [])]) {
      const items = [one.items ?? {}, ...(one.items?.anyOf ?? [])].find((item) => item.$ref);
      if (items) tables.push(element("p", `${typeName(items)}:`), ...bodyTables(items));
    }
  }
  return tables;
}

/** @param {string} text @returns {string} */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** One operation, closed. @param {string} path @param {string} method @param {Schema} operation */
function operationView(path, method, operation) {
  const inside = element("div");
  inside.className = "inside";
  const verb = element("span", method.toUpperCase());
  verb.className = "method";
  const title = element("summary", "", [verb, element("code", path), document.createTextNode(` ${operation.summary ?? ""}`)]);
  /** @type {Schema[]} */
  const parameters = operation.parameters ?? [];
  /** @type {[string, HTMLInputElement, boolean][]} */
  const inputs = [];
  if (parameters.length) {
    inside.append(fieldsTable(parameters.map((one) => [one.name, { description: one.description, ...one.schema }, one.required])));
    for (const one of parameters) {
      const input = document.createElement("input");
      const isList = one.schema.type === "array" || one.schema.anyOf?.some((/** @type {Schema} */ kind) => kind.type === "array");
      input.value = one.required ? String(one.schema.examples?.[0] ?? one.examples?.[0] ?? one.example ?? "") : "";
      inputs.push([one.name, input, isList]);
      inside.append(element("label", `${one.name}${isList ? " (separated by commas)" : ""} `, [input]));
    }
  }
  const bodySchema = operation.requestBody?.content["application/json"]?.schema;
  const body = document.createElement("textarea");
  if (bodySchema) {
    body.value = JSON.stringify(example(bodySchema), null, 2);
    body.setAttribute("aria-label", "Body, as JSON");
    inside.append(...bodyTables(bodySchema), body);
  }
  const button = element("button", "Send");
  const call = element("pre");
  const answer = element("pre");
  call.hidden = answer.hidden = true;
  answer.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => send(path, method, inputs, bodySchema ? body.value : null, call, answer));
  inside.append(button, call, answer);
  return element("details", "", [title, inside]);
}

/** @returns {Record<string, string>} */
function authorisation() {
  const token = /** @type {HTMLInputElement} */ (byId("token")).value;
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Send the request, and show it as curl and its answer.
 * @param {string} path @param {string} method @param {[string, HTMLInputElement, boolean][]} inputs @param {string | null} body
 * @param {HTMLElement} call @param {HTMLElement} answer */
async function send(path, method, inputs, body, call, answer) {
  const query = new URLSearchParams();
  for (const [name, input, isList] of inputs) {
    const values = isList ? input.value.split(",").map((value) => value.trim()) : [input.value];
    for (const value of values) if (value) query.append(name, value);
  }
  const address = new URL(`.${path}${query.size ? `?${query}` : ""}`, document.baseURI);
  const headers = { ...authorisation(), ...(body === null ? {} : { "Content-Type": "application/json" }) };
  const flags = Object.entries(headers).map(([name, value]) => ` -H ${quoted(`${name}: ${name === "Authorization" ? "Bearer TOKEN" : value}`)}`);
  call.textContent = `curl ${quoted(String(address))}${flags.join("")}${body === null ? "" : ` -d ${quoted(body)}`}`;
  call.hidden = answer.hidden = false;
  answer.textContent = "Waiting for the answer.";
  try {
    const response = await fetch(address, { method: method.toUpperCase(), headers, body });
    const text = await response.text();
    const hint = HINT[/** @type {keyof typeof HINT} */ (response.status)];
    answer.textContent = `${response.status}${hint ? ` (${hint})` : ""}\n${indented(text)}`;
  } catch (error) {
    answer.textContent = `The server did not answer: ${error}`;
  }
}

/** @param {string} text @returns {string} */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function draw() {
  const about = byId("about");
  const response = await fetch("openapi.json", { headers: authorisation() }).catch(() => null);
  if (!response?.ok) {
    byId("token-row").hidden = response?.status !== 401;
    about.textContent = response?.status === 401 ? "This server asks for its token." : "The server does not answer.";
    return;
  }
  description = await response.json();
  about.textContent = description.info.description;
  document.title = description.info.title;
  const views = [];
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) views.push(operationView(path, method, operation));
  }
  const raw = /** @type {HTMLAnchorElement} */ (element("a", "The same as OpenAPI, for other tools"));
  raw.href = "openapi.json";
  byId("operations").replaceChildren(...views, element("p", "", [raw]));
}

byId("token").addEventListener("change", draw);
draw();
