#!/bin/bash
# A Go program: goroutines, channels, HTTP on loopback, os/exec, files, signals and timers.
# packages: golang-go
# The cache lies beside the working directory: Linux fills it, so that tvisor compiles only this program.
export GOCACHE=$(realpath ..)/cache GOFLAGS=-mod=mod GOTOOLCHAIN=local GO111MODULE=off HOME=$PWD
cat > main.go <<'E'
package main

import ("context"; "crypto/sha256"; "fmt"; "io"; "net"; "os"; "os/exec"; "os/signal"; "path/filepath"; "runtime"; "sync"; "sync/atomic"; "syscall"; "time")

func main() {
	var wg sync.WaitGroup; var n atomic.Int64; ch := make(chan int, 10)
	for i := 0; i < 1000; i++ { wg.Add(1); go func(i int) { defer wg.Done(); n.Add(int64(i)); runtime.Gosched(); ch <- i }(i) }
	go func() { wg.Wait(); close(ch) }(); sum := 0; for x := range ch { sum += x }; fmt.Println(n.Load(), sum)
	l, err := net.Listen("tcp", "127.0.0.1:0"); if err != nil { panic(err) }
	go func() { for { c, err := l.Accept(); if err != nil { return }; go func() { n, _ := io.Copy(io.Discard, c); fmt.Fprintf(c, "got %d", n); c.Close() }() } }()
	var total atomic.Int64; for i := 0; i < 20; i++ { wg.Add(1); go func() { defer wg.Done(); for j := 0; j < 10; j++ { c, err := net.Dial("tcp", l.Addr().String()); if err != nil { panic(err) }; io.Copy(c, io.LimitReader(zeros{}, 100000)); c.(*net.TCPConn).CloseWrite(); b, _ := io.ReadAll(c); c.Close(); total.Add(int64(len(b))) } }() }; wg.Wait(); fmt.Println(total.Load())
	out, err := exec.Command("sh", "-c", "echo from sh; exit 3").Output(); fmt.Printf("%s%v\n", out, err); ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond); defer cancel(); fmt.Println(exec.CommandContext(ctx, "sleep", "10").Run()); c := exec.Command("cat"); in, _ := c.StdinPipe(); o, _ := c.StdoutPipe(); c.Start(); go func() { in.Write(make([]byte, 1<<20)); in.Close() }(); got, _ := io.ReadAll(o); c.Wait(); fmt.Println(len(got))
	sig := make(chan os.Signal, 1); signal.Notify(sig, syscall.SIGUSR1); syscall.Kill(os.Getpid(), syscall.SIGUSR1); fmt.Println(<-sig)
	for i := 0; i < 100; i++ { os.MkdirAll(fmt.Sprintf("t/%d", i%10), 0755); os.WriteFile(fmt.Sprintf("t/%d/%d", i%10, i), []byte("x"), 0644) }; count := 0; filepath.Walk("t", func(p string, i os.FileInfo, e error) error { count++; return nil }); fmt.Println(count); os.RemoveAll("t")
	t := time.NewTicker(10 * time.Millisecond); for i := 0; i < 5; i++ { <-t.C }; select { case <-time.After(50 * time.Millisecond): fmt.Println("after"); case <-make(chan int): }
	h := sha256.New(); for i := 0; i < 200; i++ { _ = make([]byte, 1<<20); fmt.Fprint(h, i) }; runtime.GC(); fmt.Printf("%x\n", h.Sum(nil)[:4]); u, _ := net.ListenPacket("udp", "127.0.0.1:0"); d, _ := net.Dial("udp", u.LocalAddr().String()); d.Write([]byte("udp")); b := make([]byte, 10); k, _, _ := u.ReadFrom(b); fmt.Println(string(b[:k])); _, err = net.Dial("tcp", "127.0.0.1:1"); fmt.Println(err); defer func() { fmt.Println("recovered:", recover()); os.Exit(6) }(); var p *int; fmt.Println(*p)
}
type zeros struct{}
func (zeros) Read(b []byte) (int, error) { return len(b), nil }
E
go build -o prog main.go; echo $?; ./prog; echo $?
