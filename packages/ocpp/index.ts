/** OCPP-J: frames, versions, validation, calls in flight. Sockets are behind `@wattward/ocpp/websocket`. */
export * from "./frame.ts";
