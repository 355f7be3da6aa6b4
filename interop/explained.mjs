// What a failed call of gRPC's says, as the clients here show it.

/**
 * The status and the code in its `iris.v1.ErrorDetail`.
 *
 * @param types what proto-loader made of status.proto and iris/v1/error.proto
 * @param status the name of the code
 * @param bytes what `grpc-status-details-bin` holds
 */
export function explained(types, status, { code, message, bytes }) {
    if (bytes === undefined) {
        return `${status}: ${message}`;
    }
    const told = types["google.rpc.Status"].deserialize(bytes);
    const detail = told.details?.[0];
    if (told.code !== code || told.message !== message || detail?.typeUrl !== "type.googleapis.com/iris.v1.ErrorDetail") {
        return `${status} with other details: ${JSON.stringify(told)}`;
    }
    const { code: number, internalMessage } = types["iris.v1.ErrorDetail"].deserialize(detail.value);
    return `${status}, code ${number ?? "absent"}: ${internalMessage}`;
}
