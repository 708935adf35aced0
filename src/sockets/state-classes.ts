/**
 * Classes of the socket families whose instances hang from the Kernel: the
 * state that a checkpoint saves. Each by its name, with the version of its fields; who changes the meaning
 * of a field raises it. test/integration/saveable.test.ts finds what is missing here.
 */
export const stateClasses: Readonly<Record<string, number>> = {
  InetFamily: 1,
  InetOptions: 1,
  LoopbackBackend: 1,
  NetlinkEndpoint: 1,
  NetlinkFamily: 1,
  TcpEndpoint: 1,
  TcpInbox: 1,
  TcpPorts: 1,
  UdpEndpoint: 1,
  UnixConnection: 1,
  UnixDatagram: 1,
  UnixFamily: 1,
};
