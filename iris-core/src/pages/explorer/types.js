// What a JSON schema of the contract stands for: schemas say how JSON looks, the form needs the protobuf type.

const PREFIX = "#/components/schemas/";

/** The messages and enums of the contract. */
export class Types {
    constructor(schemas) {
        this.schemas = schemas;
    }

    /** The full names of all messages, for `google.protobuf.Any`. */
    messages() {
        return Object.keys(this.schemas).filter((name) => name.includes(".") && this.schemas[name].type === "object");
    }

    /**
     * A schema with its reference followed, and beside it `kind` (what to edit it with), `label` (the type in
     * protobuf's words) and `presence` (whether leaving it out differs from its default). What stands beside a
     * reference, as a field's docs, wins over the type's own. Members are not read, since types may be recursive.
     */
    read(schema) {
        const name = schema.$ref?.startsWith(PREFIX) ? schema.$ref.slice(PREFIX.length) : undefined;
        const whole = name ? { ...this.schemas[name], ...schema } : schema;
        const kind = kindOf(whole);
        const nullable = [whole.type].flat().includes("null") || whole.anyOf?.some((form) => form.type === "null");
        return {
            ...whole,
            kind,
            name,
            label: name ?? this.label(kind, whole),
            presence: nullable || Boolean(whole["x-iris-presence"]) || ["message", "any", "json"].includes(kind),
        };
    }

    label(kind, schema) {
        if (kind === "list") return `repeated ${this.read(schema.items).label}`;
        if (kind === "map") {
            const keys = schema.propertyNames;
            const key = !keys ? "string" : keys.enum ? "bool" : "integer";
            return `map<${key}, ${this.read(schema.additionalProperties).label}>`;
        }
        if (kind === "json") return { object: "Struct", array: "ListValue" }[schema.type] ?? "Value";
        if (kind === "float") return schema.anyOf[0].format ?? "number";
        const labels = { text: "string", message: "Empty", any: "Any", timestamp: "Timestamp", duration: "Duration" };
        return labels[kind] ?? kind;
    }
}

function kindOf(schema) {
    const type = [schema.type].flat().find((word) => word !== "null" && word !== undefined);
    if (schema.enum) return "enum";
    if (schema.anyOf) return schema.anyOf.some((form) => form.type === "number") ? "float" : "json";
    switch (type) {
        case "boolean":
            return "bool";
        case "integer":
            return schema.format === "uint32" ? "uint32" : "int32";
        case "number":
            return "float";
        case "string":
            if (schema.contentEncoding === "base64") return "bytes";
            if (schema.format === "int64" || schema.format === "uint64") return schema.format;
            if (schema.format === "date-time") return "timestamp";
            return schema.pattern?.endsWith("s$") ? "duration" : "text";
        case "array":
            return Object.keys(schema.items ?? {}).length > 0 ? "list" : "json";
        case "object":
            if (schema.properties?.["@type"]) return "any";
            if (typeof schema.additionalProperties === "object") return "map";
            return schema.additionalProperties === true ? "json" : "message";
        default:
            return schema.type === "null" ? "null" : "json";
    }
}

/** Whether the editor of a kind can show a value. Where not, it is shown as JSON, so that nothing is lost. */
export function fits(kind, value) {
    if (value === undefined || value === null) return true;
    switch (kind) {
        case "bool":
            return typeof value === "boolean";
        case "list":
            // A form of thousands of rows would stop the page, and nobody edits it by hand.
            return Array.isArray(value) && value.length <= 500;
        case "map":
        case "message":
        case "any":
            return typeof value === "object" && !Array.isArray(value);
        case "duration":
            return /^-?\d+(\.\d{1,9})?s$/.test(value);
        case "text":
        case "bytes":
        case "timestamp":
            return typeof value === "string";
        case "json":
            return true;
        case "null":
            return false;
        default:
            return ["string", "number"].includes(typeof value);
    }
}

/** What a field, an entry of a list or of a map holds when it is added. */
export function initial(type) {
    switch (type.kind) {
        case "bool":
            return false;
        case "int32":
        case "uint32":
        case "float":
            return 0;
        case "int64":
        case "uint64":
            return "0";
        case "enum":
            return type.enum[0];
        case "timestamp":
            return new Date().toISOString();
        case "duration":
            return "0s";
        case "list":
            return [];
        case "map":
        case "message":
        case "any":
            return {};
        case "json":
            return { object: {}, array: [] }[type.type] ?? null;
        case "null":
            return null;
        default:
            return "";
    }
}
