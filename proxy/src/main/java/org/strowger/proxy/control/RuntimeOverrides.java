package org.strowger.proxy.control;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.threading.RunsOn;

/**
 * What operators have changed since the start: admin state, weight, added and removed backends, by pool and backend. It
 * lies over the file, whatever the file says next: a reload keeps it, a restart forgets it. Of a pool that the file has no
 * more it is kept, too, and in force again when the pool comes back.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class RuntimeOverrides {
    private final Clock clock;
    private final Map<Key, MemberOverride> overrides = new LinkedHashMap<>();
    /** Who made members as the file has them again, of those that are members. */
    private final Map<Key, String> restoredBy = new HashMap<>();

    public RuntimeOverrides(Clock clock) {
        this.clock = clock;
    }

    /** The same overrides; a change of one is none of the other. */
    RuntimeOverrides copy() {
        RuntimeOverrides copy = new RuntimeOverrides(clock);
        copy.overrides.putAll(overrides);
        copy.restoredBy.putAll(restoredBy);
        return copy;
    }

    /** Of what. */
    private record Key(String pool, String backend) {}

    /** An override, and of what. */
    public record Listed(String pool, String backend, MemberOverride override) {}

    /** All of them, the oldest first. */
    public List<Listed> list() {
        return overrides.entrySet().stream()
                .map(e -> new Listed(e.getKey().pool(), e.getKey().backend(), e.getValue()))
                .toList();
    }

    /** What is in force in a pool. */
    public PoolMembers members(PoolMembers.Configured file) {
        List<ManagedMember> members = new ArrayList<>();
        for (Backend backend : file.backends()) {
            Optional<MemberOverride> override = find(file.pool(), backend.id());
            if (override.filter(MemberOverride::isRemoved).isEmpty()) {
                members.add(member(backend, Optional.of(backend), override, causeOf(file.pool(), backend.id())));
            }
        }
        overrides.forEach((key, override) -> {
            boolean isMember = members.stream().anyMatch(known -> known.id().equals(key.backend()));
            if (key.pool().equals(file.pool()) && override.added().isPresent() && !isMember) {
                members.add(member(override.added().get(), Optional.empty(), Optional.of(override), override.cause()));
            }
        });
        return new PoolMembers(file.pool(), members);
    }

    /** What the admin state comes from, in words. */
    private String causeOf(String pool, String backend) {
        return find(pool, backend)
                .map(MemberOverride::cause)
                .orElseGet(() -> restoredBy.getOrDefault(new Key(pool, backend), "file"));
    }

    private static ManagedMember member(
            Backend backend, Optional<Backend> configured, Optional<MemberOverride> override, String cause) {
        int weight =
                override.map(MemberOverride::weight).orElse(OptionalInt.empty()).orElse(backend.weight());
        Backend inForce =
                weight == backend.weight() ? backend : backend.with(weight, backend.priority(), backend.zone());
        return new ManagedMember(
                inForce, override.map(MemberOverride::admin).orElse(AdminState.READY), cause, configured, override);
    }

    /** Does what {@code command} says to a member of that pool, or says why not. */
    public Outcome apply(Command command, PoolMembers.Configured file, String by) {
        PoolMembers before = members(file);
        Optional<ManagedMember> member = before.find(command.backend());
        if (member.isEmpty() && !(command instanceof Command.Add) && !isGone(command, file)) {
            return new Outcome.Refused(
                    Outcome.Reason.UNKNOWN,
                    "backend",
                    command.backend() + " (expected: one of "
                            + before.members().stream().map(ManagedMember::id).toList() + ")");
        }
        Key key = new Key(file.pool(), command.backend());
        Optional<MemberOverride> old = Optional.ofNullable(overrides.get(key));
        Instant now = clock.instant();
        put(key, changed(command, old.orElseGet(() -> MemberOverride.none(by, now)), file, member));
        PoolMembers after = members(file);
        if (!command.force() && before.takesNewCalls() && !after.takesNewCalls()) {
            put(key, old.orElseGet(() -> MemberOverride.none(by, now)));
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "backend",
                    command.backend() + " (expected: another backend of pool " + file.pool()
                            + " that takes new calls, or force)");
        }
        Optional<ManagedMember> result = after.find(command.backend());
        String was = member.map(ManagedMember::text).orElse("absent");
        String is = result.map(ManagedMember::text).orElse("absent");
        boolean change = !was.equals(is);
        if (change && overrides.containsKey(key)) {
            put(key, overrides.get(key).with(by, now));
        } else if (change && result.isPresent()) {
            restoredBy.put(key, by);
        }
        if (result.isEmpty()) {
            restoredBy.remove(key);
        }
        return new Outcome.Done(file.pool(), command.backend(), was, is, change);
    }

    /** A repetition of a removal, which is no error. */
    private boolean isGone(Command command, PoolMembers.Configured file) {
        return command instanceof Command.Remove
                && find(file.pool(), command.backend())
                        .filter(MemberOverride::isRemoved)
                        .isPresent();
    }

    private static MemberOverride changed(
            Command command, MemberOverride old, PoolMembers.Configured file, Optional<ManagedMember> member) {
        Optional<Backend> inFile = file.backends().stream()
                .filter(backend -> backend.id().equals(command.backend()))
                .findFirst();
        if (command instanceof Command.Drain drain) {
            boolean atOnce = drain.deadline().filter(limit -> limit.isZero()).isPresent();
            return old.withAdmin(atOnce ? AdminState.MAINT : AdminState.DRAIN);
        }
        if (command instanceof Command.Undrain) {
            return old.withAdmin(AdminState.READY);
        }
        if (command instanceof Command.SetWeight set) {
            int base = inFile.or(old::added).map(Backend::weight).orElse(-1);
            boolean same = set.weight().isPresent() && set.weight().getAsInt() == base;
            return old.withWeight(same ? OptionalInt.empty() : set.weight());
        }
        if (command instanceof Command.Add add) {
            return added(add, old, inFile, member);
        }
        // A removed member leaves nothing behind but, if the file has it, that it is removed.
        MemberOverride bare = MemberOverride.none(old.by(), old.at());
        return inFile.isPresent() ? bare.withRemoved(true) : bare;
    }

    /**
     * The same again changes nothing; another weight is taken, and without any it keeps what it has. Priority and zone of
     * a member of the file stay the file's.
     */
    private static MemberOverride added(
            Command.Add add, MemberOverride old, Optional<Backend> inFile, Optional<ManagedMember> member) {
        Backend backend = add.member();
        if (inFile.isPresent()) {
            MemberOverride there = member.isPresent() ? old : old.withRemoved(false);
            boolean same = inFile.get().weight() == backend.weight();
            return add.isWeighed()
                    ? there.withWeight(same ? OptionalInt.empty() : OptionalInt.of(backend.weight()))
                    : there;
        }
        int weight = add.isWeighed()
                ? backend.weight()
                : member.map(one -> one.backend().weight()).orElse(backend.weight());
        return old.withAdded(Optional.of(backend.with(weight, backend.priority(), backend.zone())))
                .withWeight(OptionalInt.empty());
    }

    /** The deadline of a drain has passed. {@code why}: what ended it, and who had asked for it. */
    void expire(String pool, String backend, String why) {
        Key key = new Key(pool, backend);
        MemberOverride old = overrides.get(key);
        if (old != null && old.admin() == AdminState.DRAIN) {
            overrides.put(key, old.withAdmin(AdminState.MAINT).because(why, clock.instant()));
        }
    }

    /**
     * After a reload: what the file has come to say by itself is no override any more. Returns what ended, in words.
     */
    List<String> settle(PoolMembers.Configured file, PoolKind kind) {
        restoredBy.keySet().removeIf(key -> key.pool().equals(file.pool()));
        List<String> ended = new ArrayList<>();
        for (Listed listed : list()) {
            if (!listed.pool().equals(file.pool())) {
                continue;
            }
            boolean inFile = file.backends().stream().anyMatch(b -> b.id().equals(listed.backend()));
            MemberOverride old = listed.override();
            if (inFile && old.added().isPresent()) {
                put(new Key(listed.pool(), listed.backend()), old.withAdded(Optional.empty()));
                ended.add(file.pool() + " " + listed.backend() + ": added; it is in the file now");
            } else if (old.added().filter(added -> !kind.takes(added)).isPresent()) {
                overrides.remove(new Key(listed.pool(), listed.backend()));
                ended.add(file.pool() + " " + listed.backend() + ": added; the pool is " + kind.word() + " now");
            } else if (!inFile && old.isRemoved()) {
                put(new Key(listed.pool(), listed.backend()), old.withRemoved(false));
                ended.add(file.pool() + " " + listed.backend() + ": removed; it is not in the file any more");
            }
        }
        return ended;
    }

    private Optional<MemberOverride> find(String pool, String backend) {
        return Optional.ofNullable(overrides.get(new Key(pool, backend)));
    }

    private void put(Key key, MemberOverride override) {
        if (override.isVoid()) {
            overrides.remove(key);
        } else {
            overrides.put(key, override);
        }
    }
}
