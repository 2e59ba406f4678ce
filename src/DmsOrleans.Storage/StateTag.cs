using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;

namespace DmsOrleans.Storage;

/// <summary>
/// What an ETag says, so that the usual write needs no reading: the row and the version it must have, and which of the seldom changing
/// parts are stored already. Callers see an opaque string.
/// </summary>
/// <param name="Id">The row.</param>
/// <param name="Version">One more with each write.</param>
/// <param name="Sequence">The last stored transition; 0 for none.</param>
/// <param name="LastTransition">The row of the last stored transition; 0 for none.</param>
/// <param name="SpecRevision">The stored spec's revision; 0 for none.</param>
/// <param name="IdentityHash">The stored scope, name, and references, as <see cref="HashOf(StateIndex?)"/>.</param>
internal readonly record struct StateTag(long Id, long Version, long Sequence, long LastTransition, int SpecRevision, long IdentityHash)
{
    private const ulong FnvBasis = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The ETag for one state of one grain; it fits no other.</summary>
    public string ToETag(string kind, GrainId grain) =>
        string.Create(CultureInfo.InvariantCulture, $"{Id}.{Version}.{Sequence}.{LastTransition}.{SpecRevision}.{IdentityHash}.{Owner(kind, grain)}");

    /// <summary>Reads an ETag given out for the same state of the same grain.</summary>
    public static bool TryParse(string etag, string kind, GrainId grain, out StateTag tag)
    {
        tag = default;
        Span<Range> parts = stackalloc Range[8];
        var text = etag.AsSpan();
        if (text.Split(parts, '.') != 7
            || !Number(text[parts[0]], out var id) || !Number(text[parts[1]], out var version) || !Number(text[parts[2]], out var sequence)
            || !Number(text[parts[3]], out var last) || !Number(text[parts[4]], out var revision) || !Number(text[parts[5]], out var identity) || !Number(text[parts[6]], out var owner)
            || owner != Owner(kind, grain) || revision is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        tag = new StateTag(id, version, sequence, last, (int)revision, identity);
        return true;
    }

    /// <summary>Reads an ETag that has to fit.</summary>
    /// <exception cref="InconsistentStateException">It was not given out for this state of this grain.</exception>
    public static StateTag Parse(string etag, string kind, GrainId grain) => TryParse(etag, kind, grain, out var tag)
        ? tag
        : throw new InconsistentStateException($"The ETag of state '{kind}' of {grain} is not one of this store's.", "unknown", etag);

    /// <summary>A number that differs when scope, name, or references do; 0 without an index.</summary>
    public static long HashOf(StateIndex? index)
    {
        if (index is null)
        {
            return 0;
        }

        var hash = Add(Add(FnvBasis, index.Scope), index.Name);
        for (var i = 0; i < index.References.Count; i++)
        {
            hash = Add(Add(hash, index.References[i].Kind), index.References[i].Key);
        }

        return (long)hash;
    }

    private static long Owner(string kind, GrainId grain) => (uint)Add(FnvBasis ^ grain.GetUniformHashCode(), kind);

    private static ulong Add(ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * FnvPrime;
        }

        return (hash ^ 0xFFFF_FFFF) * FnvPrime;   // the end of a text counts: "ab","c" is not "a","bc"
    }

    private static bool Number(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}

/// <summary>A grain state that keeps its tag as it is, which spares the making and reading of an ETag with every write.</summary>
internal interface ITaggedState
{
    /// <summary>What is stored; null when nothing is.</summary>
    StateTag? Tag { get; set; }
}

/// <summary>The tag of any grain state.</summary>
internal static class Tags
{
    /// <summary>What the grain state says is stored; null for nothing.</summary>
    public static StateTag? Get<T>(IGrainState<T> state, string kind, GrainId grain) =>
        state is ITaggedState tagged ? tagged.Tag : string.IsNullOrEmpty(state.ETag) ? null : StateTag.Parse(state.ETag, kind, grain);

    /// <summary>Notes what is stored now; null for nothing.</summary>
    public static void Set<T>(IGrainState<T> state, StateTag? tag, string kind, GrainId grain)
    {
        if (state is ITaggedState tagged)
        {
            tagged.Tag = tag;
        }
        else
        {
            state.ETag = tag?.ToETag(kind, grain);
        }

        state.RecordExists = tag is not null;
    }
}
