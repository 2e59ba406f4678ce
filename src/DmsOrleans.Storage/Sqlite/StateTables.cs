using DmsOrleans.Replications;
using Orleans.Storage;

namespace DmsOrleans.Storage.Sqlite;

/// <summary>
/// What is written about states. Whatever can refuse a write is found out before its first change, so that a refused write needs no
/// savepoint: those cost a copy of every page they touch.
/// </summary>
internal sealed class StateTables(WriteSession session) : IDisposable
{
    private readonly List<SqliteStatement> prepared = [];
    private SqliteStatement? find, insertGrain, insertState, update, version, rename, rescope, named, byKey;
    private SqliteStatement? addTransition, dropTransition, putSpec, dropSpec, addReference, dropReferences, referenced, dropState, dropGrain;

    /// <summary>What is stored; null when nothing is.</summary>
    public StateTag? Find(string kind, GrainId grain)
    {
        var find = Use(ref this.find,
            """
            SELECT s.id, s.version, s.seq, s.last_transition, s.spec_revision, s.identity_hash
            FROM grain g JOIN grain_state s ON s.id = g.id WHERE g.kind = ?1 AND g.key = ?2 AND g.type = ?3
            """);
        find.Bind(1, session.Word(kind)).Bind(2, grain.Key.AsSpan()).Bind(3, session.Word(grain.Type.ToString()!));
        StateTag? tag = find.Step() ? new StateTag(find.Int64(0), find.Int64(1), find.Int64(2), find.Int64(3), (int)find.Int64(4), find.Int64(5)) : null;
        find.Reset();
        return tag;
    }

    /// <summary>Stores a state that must not be there yet.</summary>
    public Exception? Insert(StateWrite write)
    {
        if (Find(write.Kind, write.Grain) is not null)
        {
            return write.Conflict("It exists already.");
        }

        if (write.Transition is { Sequence: not 1 })
        {
            return write.Conflict("A history begins with sequence 1.");
        }

        var kind = session.Word(write.Kind);
        if (Missing(write, kind, id: 0, out var references) is { } refusal)
        {
            return refusal;
        }

        var id = InsertGrain(write, kind);
        AddReferences(id, references);
        PutSpec(id, write);
        var sequence = write.Transition?.Sequence ?? 0;
        var last = write.Transition is { } transition ? AddTransition(id, transition, previous: 0) : 0;
        BindState(Use(ref insertState,
            """
            INSERT INTO grain_state (id, version, seq, last_transition, spec_revision, identity_hash, status, due, capacity_units, state, kind, scope)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """), id, version: 1, sequence, last, write).Bind(11, kind).Bind(12, Scope(write)).Execute();
        write.Written = new StateTag(id, 1, sequence, last, write.SpecRevision, write.IdentityHash);
        return null;
    }

    /// <summary>Stores a state over the version that is expected.</summary>
    public Exception? Update(StateWrite write, StateTag expected)
    {
        if (write.IdentityChanged && Reidentify(write, expected) is { } refusal)
        {
            return refusal;
        }

        var sequence = write.Transition?.Sequence ?? expected.Sequence;
        var last = write.Transition is { } transition ? AddTransition(expected.Id, transition, expected.LastTransition) : expected.LastTransition;
        var update = Use(ref this.update,
            """
            UPDATE grain_state SET version = ?2, seq = ?3, last_transition = ?4, spec_revision = ?5, identity_hash = ?6, status = ?7, due = ?8, capacity_units = ?9, state = ?10
            WHERE id = ?1 AND version = ?2 - 1
            """);
        if (BindState(update, expected.Id, expected.Version + 1, sequence, last, write).Execute() == 0)
        {
            if (write.Transition is not null)
            {
                Use(ref dropTransition, "DELETE FROM history WHERE id = ?1").Bind(1, last).Execute();
            }

            return Refused(write, "It was changed by somebody else.");
        }

        write.Written = new StateTag(expected.Id, expected.Version + 1, sequence, last, write.SpecRevision, write.IdentityHash);
        return null;
    }

    /// <summary>Removes a state and what belongs to it, but its history, which is kept for events; false, and nothing is removed, when others refer to it.</summary>
    public bool Remove(long id)
    {
        if (Use(ref referenced, "SELECT 1 FROM reference WHERE to_id = ?1 AND from_id <> ?1 LIMIT 1").Bind(1, id).ExecuteInt64() is not null)
        {
            return false;
        }

        Use(ref dropReferences, "DELETE FROM reference WHERE from_id = ?1").Bind(1, id).Execute();
        session.Departed.Add(id);
        Use(ref dropSpec, "DELETE FROM grain_spec WHERE id = ?1").Bind(1, id).Execute();
        Use(ref dropState, "DELETE FROM grain_state WHERE id = ?1").Bind(1, id).Execute();
        Use(ref dropGrain, "DELETE FROM grain WHERE id = ?1").Bind(1, id).Execute();
        return true;
    }

    public void Dispose() => prepared.ForEach(statement => statement.Dispose());

    private SqliteStatement Use(ref SqliteStatement? statement, string sql)
    {
        if (statement is null)
        {
            statement = session.Prepare(sql);
            prepared.Add(statement);
        }

        return statement;
    }

    private SqliteStatement BindState(SqliteStatement statement, long id, long version, long sequence, long lastTransition, StateWrite write)
    {
        statement.Bind(1, id).Bind(2, version).Bind(3, sequence).Bind(4, lastTransition).Bind(5, write.SpecRevision).Bind(6, write.IdentityHash);
        if (write.Index is { } index)
        {
            statement.Bind(7, session.Word(index.Status)).Bind(8, index.Due?.UtcTicks).Bind(9, index.CapacityUnits);
        }
        else
        {
            statement.BindNull(7).BindNull(8).Bind(9, 0);
        }

        return statement.Bind(10, write.State);
    }

    private long? Scope(StateWrite write) => write.Index is { } index ? session.Word(index.Scope) : null;

    private long InsertGrain(StateWrite write, long kind)
    {
        var insert = Use(ref insertGrain, "INSERT INTO grain (kind, key, type, scope, name) VALUES (?1, ?2, ?3, ?4, ?5)");
        insert.Bind(1, kind).Bind(2, write.Grain.Key.AsSpan()).Bind(3, session.Word(write.Grain.Type.ToString()!)).Bind(4, Scope(write)).Bind(5, write.Index?.Name).Execute();
        return insert.LastInsertedId;
    }

    /// <summary>Stores the seldom changing parts: scope, name, references, spec.</summary>
    private Exception? Reidentify(StateWrite write, StateTag expected)
    {
        if (Use(ref version, "SELECT version FROM grain_state WHERE id = ?1").Bind(1, expected.Id).ExecuteInt64() != expected.Version)
        {
            return write.Conflict("It was changed by somebody else.");
        }

        if (Missing(write, session.Word(write.Kind), expected.Id, out var references) is { } refusal)
        {
            return refusal;
        }

        Use(ref rename, "UPDATE grain SET scope = ?2, name = ?3 WHERE id = ?1").Bind(1, expected.Id).Bind(2, Scope(write)).Bind(3, write.Index?.Name).Execute();
        Use(ref rescope, "UPDATE grain_state SET scope = ?2 WHERE id = ?1").Bind(1, expected.Id).Bind(2, Scope(write)).Execute();
        Use(ref dropReferences, "DELETE FROM reference WHERE from_id = ?1").Bind(1, expected.Id).Execute();
        AddReferences(expected.Id, references);
        PutSpec(expected.Id, write);
        return null;
    }

    /// <summary>A name that is taken or a reference that leads nowhere; else the rows referred to.</summary>
    private Exception? Missing(StateWrite write, long kind, long id, out List<long> references)
    {
        references = [];
        if (write.Index is not { } index)
        {
            return null;
        }

        var named = Use(ref this.named, "SELECT id, key FROM grain WHERE kind = ?1 AND scope = ?2 AND name = ?3 AND name IS NOT NULL AND id <> ?4");
        named.Bind(1, kind).Bind(2, session.Word(index.Scope)).Bind(3, index.Name).Bind(4, id);
        var takenBy = named.Step() ? named.Text(1) : null;
        named.Reset();
        if (takenBy is not null)
        {
            return new NameTakenException(index.Name, takenBy);
        }

        foreach (var reference in index.References)
        {
            var byKey = Use(ref this.byKey, "SELECT id FROM grain WHERE kind = ?1 AND key = ?2 LIMIT 1");
            if (byKey.Bind(1, session.Word(reference.Kind)).Bind(2, reference.Key).ExecuteInt64() is not { } to)
            {
                return new MissingReferenceException(reference);
            }

            references.Add(to);
        }

        return null;
    }

    private void AddReferences(long from, List<long> references)
    {
        foreach (var to in references)
        {
            Use(ref addReference, "INSERT INTO reference (from_id, to_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING").Bind(1, from).Bind(2, to).Execute();
        }
    }

    private void PutSpec(long id, StateWrite write)
    {
        if (write.Spec is { } spec)
        {
            Use(ref putSpec, "INSERT INTO grain_spec (id, spec) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET spec = excluded.spec").Bind(1, id).Bind(2, spec).Execute();
        }
        else if (write.SpecChanged)
        {
            Use(ref dropSpec, "DELETE FROM grain_spec WHERE id = ?1").Bind(1, id).Execute();
        }
    }

    /// <summary>Appends to a history; the row it got.</summary>
    private long AddTransition(long id, Transition transition, long previous)
    {
        var add = Use(ref addTransition,
            """
            INSERT INTO history (grain, seq, run, from_status, to_status, cause, at, planned, details, previous)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        add.Bind(1, id)
            .Bind(2, transition.Sequence)
            .Bind(3, transition.Run)
            .Bind(4, transition.From is { } from ? session.Word(from.ToWire()) : null)
            .Bind(5, session.Word(transition.To.ToWire()))
            .Bind(6, session.Word(transition.Cause))
            .Bind(7, transition.At.UtcTicks)
            .Bind(8, transition.Planned?.UtcTicks)
            .Bind(9, transition.Details)
            .Bind(10, previous)
            .Execute();
        return add.LastInsertedId;
    }

    /// <summary>Refuses a write whose version or sequence does not fit. Once its identity has been changed that cannot be: the batch is run again without it.</summary>
    private static InconsistentStateException Refused(StateWrite write, string found) =>
        write.IdentityChanged ? throw write.Conflict(found) : write.Conflict(found);
}
