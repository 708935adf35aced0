/* sysv: message queues: limits, copies, senders that wait, what waiters are told.
 *
 * msgop(2), msgctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>

struct message { long type; char body[8192]; };
static int id;
static struct message message;
static void on_tick(int number) { (void)number; }

static long put(long type, size_t size, int flags) {
  message.type = type;
  return msgsnd(id, &message, size, flags);
}
static void get(const char *name, long type, size_t size, int flags) {
  ssize_t got = msgrcv(id, &message, size, type, flags);
  if (got < 0) show(name, got);
  else say("%s: type %ld, length %ld", name, message.type, (long)got);
}

int main(void) {
  id = must("msgget", msgget(IPC_PRIVATE, 0600));
  show("type 0", put(0, 1, 0));
  show("negative type", put(-1, 1, 0));
  show("too long", put(1, 8193, 0));
  show("the longest", put(7, 8192, 0));
  show("from nowhere", syscall(SYS_msgsnd, id, bad_pointer(), 4, 0));
  show("fill", put(5, 8192, 0));
  show("full", put(5, 1, IPC_NOWAIT));
  get("copy the first", 0, 8192, MSG_COPY | IPC_NOWAIT);
  get("copy the second", 1, 10, MSG_COPY | IPC_NOWAIT | MSG_NOERROR);
  get("copy a long one", 1, 10, MSG_COPY | IPC_NOWAIT);
  get("copy the third", 2, 8192, MSG_COPY | IPC_NOWAIT);
  get("copy and wait", 0, 8192, MSG_COPY);
  get("copy all but one", 0, 8192, MSG_COPY | IPC_NOWAIT | MSG_EXCEPT);
  pid_t child = spawn();
  if (child == 0) { show("a waiting sender", put(9, 100, 0)); _exit(0); }
  until_asleep(child);
  ssize_t taken = msgrcv(id, &message, 8192, 5, 0);
  reap("child", child);
  show("made room", taken);
  get("the sender's", 9, 8192, 0);
  get("the rest", 0, 8192, 0);

  child = spawn();
  if (child == 0) { get("a receiver with little room", 0, 3, 0); _exit(0); }
  until_asleep(child);
  must("send more", put(1, 5, 0));
  reap("child", child);
  get("it stayed", 0, 10, IPC_NOWAIT);
  child = spawn();
  if (child == 0) { get("a receiver of the least", -4, 10, 0); _exit(0); }
  until_asleep(child);
  must("send a greater", put(6, 1, 0));
  must("send one that fits", put(4, 1, 0));
  reap("child", child);
  struct msqid_ds info;
  must("stat", msgctl(id, IPC_STAT, &info));
  check("the receiver is known", info.msg_lrpid == child);
  say("messages %ld, bytes %ld, room %ld", (long)info.msg_qnum, (long)info.__msg_cbytes, (long)info.msg_qbytes);
  get("the greater", 0, 10, IPC_NOWAIT);

  on_signal(SIGUSR1, on_tick, SA_RESTART);
  pid_t ticker = tick_start(SIGUSR1);
  get("interrupted in spite of SA_RESTART", 0, 10, 0);
  tick_stop(ticker);
  info.msg_qbytes = 10;
  info.msg_perm.mode = 0640;
  show("less room", msgctl(id, IPC_SET, &info));
  show("ten bytes", put(1, 10, IPC_NOWAIT));
  show("one more", put(1, 1, IPC_NOWAIT));
  must("stat", msgctl(id, IPC_STAT, &info));
  say("mode %o, room %ld", info.msg_perm.mode, (long)info.msg_qbytes);
  get("empty it", 0, 10, 0);
  child = spawn();
  if (child == 0) { get("removed while receiving", 0, 10, 0); _exit(0); }
  until_asleep(child);
  struct msginfo usage;
  check("usage", msgctl(0, MSG_INFO, (void *)&usage) >= 0 && usage.msgpool >= 1 && usage.msgmax == 8192);
  show("unknown command", msgctl(id, 999, &info));
  must("remove", msgctl(id, IPC_RMID, NULL));
  reap("child", child);
  show("gone", put(1, 1, 0));
  return 0;
}
