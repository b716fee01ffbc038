// Loaded before the functions framework, which listens on every address of the machine: a function of the local cloud trusts
// its gateway, so nobody else on the network may reach it.
const { Server } = require("node:net");
const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  const isPort = typeof port === "number" || /^\d+$/.test(String(port));
  return isPort
    ? listen.call(this, { port: Number(port), host: "127.0.0.1" }, ...rest)
    : listen.call(this, port, ...rest);
};
