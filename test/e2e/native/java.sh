#!/bin/bash
# Java, where the machine has it: threads, files, processes and sockets.
# optional: javac
cat > M.java <<'E'
import java.io.*; import java.net.*; import java.nio.file.*; import java.util.*; import java.util.concurrent.*; import java.util.stream.*;
public class M { public static void main(String[] a) throws Exception {
  ExecutorService e = Executors.newFixedThreadPool(8); List<Future<Integer>> f = new ArrayList<>(); for (int i = 0; i < 200; i++) { final int n = i; f.add(e.submit(() -> n * n)); } int s = 0; for (var x : f) s += x.get(); e.shutdown(); System.out.println(s);
  Path d = Files.createTempDirectory(Path.of("."), "t"); for (int i = 0; i < 50; i++) Files.writeString(d.resolve("f" + i), "x" + i); System.out.println(Files.list(d).count() + " " + IntStream.range(0, 1000000).parallel().asLongStream().sum());
  Process p = new ProcessBuilder("sh", "-c", "cat; exit 4").start(); p.getOutputStream().write("sent".getBytes()); p.getOutputStream().close(); System.out.println(new String(p.getInputStream().readAllBytes()) + p.waitFor());
  ServerSocket ss = new ServerSocket(0, 5, InetAddress.getLoopbackAddress()); Thread t = new Thread(() -> { try (Socket c = ss.accept()) { c.getInputStream().transferTo(c.getOutputStream()); } catch (IOException x) { x.printStackTrace(); } }); t.start(); try (Socket c = new Socket(ss.getInetAddress(), ss.getLocalPort())) { c.getOutputStream().write(new byte[100000]); c.shutdownOutput(); System.out.println(c.getInputStream().readAllBytes().length); } t.join();
  try { Object o = null; o.hashCode(); } catch (NullPointerException x) { System.out.println("npe"); } for (int i = 0; i < 200; i++) { byte[] b = new byte[1 << 20]; } System.gc(); Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook"))); System.exit(3); } }
E
java -version 2>&1 | wc -l; javac M.java; echo $?; java -Xmx64m M; echo $?
