/* sysv: message queues select by type, cut or refuse long messages, and block.
 *
 * msgsnd(2), msgrcv(2), msgctl(2).
 */
#include "case.h"
#include <sys/ipc.h>
#include <sys/msg.h>

struct message { long type; char body[32]; };
static int id;

static long put(long type, const char *body) {
  struct message message = { type, "" };
  strcpy(message.body, body);
  return msgsnd(id, &message, strlen(body), IPC_NOWAIT);
}

static void get(const char *name, long type, size_t size, int flags) {
  struct message message;
  ssize_t got = msgrcv(id, &message, size, type, flags | IPC_NOWAIT);
  if (got < 0) show(name, -1);
  else say("%s: type %ld \"%.*s\"", name, message.type, (int)got, message.body);
}

int main(void) {
  struct msqid_ds info;
  id = must("msgget", msgget(IPC_PRIVATE, 0600));
  get("empty", 0, 32, 0);
  show("send", put(3, "three"));
  put(1, "one"), put(2, "two"), put(3, "three again"), put(5, "");
  show("type 0", put(0, "x"));
  must("stat", msgctl(id, IPC_STAT, &info));
  say("messages %ld, bytes %ld, last sender is us %d", (long)info.msg_qnum, (long)info.__msg_cbytes,
      info.msg_lspid == getpid());
  get("type 2", 2, 32, 0);
  get("lowest up to 3", -3, 32, 0);
  get("anything but 3", 3, 32, MSG_EXCEPT);
  get("too long", 0, 2, 0);
  get("cut", 0, 2, MSG_NOERROR);
  get("MSG_COPY with a type index", 0, 32, 0);
  get("no such type", 9, 32, 0);
  struct gate received = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    struct message message;
    show("blocked receive", msgrcv(id, &message, 32, 7, 0));
    gate_open(received);
    show("removed while waiting", msgrcv(id, &message, 32, 7, 0));
    _exit(0);
  }
  until_asleep(child);
  put(6, "other"), put(7, "wanted");
  gate_wait(received);
  until_asleep(child);
  must("remove", msgctl(id, IPC_RMID, NULL));
  reap("child", child);
  show("after removal", put(1, "x"));
  show("bad pointer", (id = msgget(IPC_PRIVATE, 0600), msgsnd(id, bad_pointer(), 4, 0)));
  show("huge", msgsnd(id, &info, 1 << 20, IPC_NOWAIT));
  msgctl(id, IPC_RMID, NULL);
  return 0;
}
