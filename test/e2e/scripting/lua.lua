#!/usr/bin/lua5.4
-- lua: files, popen, coroutines and a little computing.
-- packages: lua5.4
local f = assert(io.open("f", "w")); for i = 1, 1000 do f:write(i, "\n") end; f:close(); local n = 0; for l in io.lines("f") do n = n + tonumber(l) end; print(n)
local p = io.popen("sort -rn f | head -n 2"); print(p:read("a")); print(p:close()); print(os.execute("exit 3")); print(os.rename("f", "g"), os.remove("g"), io.open("g")); local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end); print(co(), co(), co()); local t = {}; for i = 1, 200000 do t[i] = (i * 7919) % 100003 end; table.sort(t); print(t[1], t[#t]); print(("x"):rep(3), ("%5.2f"):format(3.14159), os.getenv("LANG"), pcall(error, "e")); local tmp = os.tmpname(); print(os.remove(tmp)); os.exit(7)
