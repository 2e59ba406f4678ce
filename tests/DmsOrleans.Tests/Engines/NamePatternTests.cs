using System.Diagnostics;
using CsCheck;
using DmsOrleans.Engines.TableMappings;

namespace DmsOrleans.Tests.Engines;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("%", "", true)]
    [InlineData("%", "anything", true)]
    [InlineData("order%", "orders", true)]
    [InlineData("order%", "Orders", false)]
    [InlineData("%_log", "audit_log", true)]
    [InlineData("%log", "logbook", false)]
    [InlineData("a%b%c", "aXXbYYbZZc", true)]
    [InlineData("a%b%c", "aXXbYYbZZ", false)]
    [InlineData("a_c", "abc", true)]
    [InlineData("a_c", "ac", false)]
    [InlineData("a[_]c", "a_c", true)]
    [InlineData("a[_]c", "abc", false)]
    [InlineData("t[ab]", "tb", true)]
    [InlineData("t[ab]", "tc", false)]
    [InlineData("t[a-d]x", "tdx", true)]
    [InlineData("t[a-d]x", "tex", false)]
    [InlineData("t[a-c5-7_]", "t6", true)]
    [InlineData("t[a-]", "t-", true)]
    [InlineData("100[%]", "100%", true)]
    [InlineData("100[%]", "1000", false)]
    [InlineData("a%%b", "ab", true)]
    [InlineData("a.c", "abc", false)]
    public void Wildcards_match_as_the_user_guide_says(string pattern, string name, bool matches) => Assert.Equal(matches, Parse(pattern).Matches(name));

    [Theory]
    [InlineData("")]
    [InlineData("t[")]
    [InlineData("t[]")]
    [InlineData("t[z-a]")]
    public void What_is_no_pattern_is_refused(string pattern)
    {
        Assert.False(NamePattern.TryParse(pattern, out _, out var fault));
        Assert.False(string.IsNullOrEmpty(fault));
    }

    [Fact]
    public void A_pattern_made_to_backtrack_is_matched_at_once()
    {
        string[] hostile = [string.Concat(Enumerable.Repeat("%a", 126)) + "%b", $"%{new string('a', 250)}b", $"%{new string('_', 200)}b%{new string('a', 40)}c"];
        var name = new string('a', 100_000);
        var watch = Stopwatch.StartNew();
        Assert.All(hostile, pattern => Assert.False(Parse(pattern).Matches(name)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(255)]
    public void Long_names_match_as_short_ones_do(int length)
    {
        var name = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        Assert.True(Parse(name).Matches(name));
        Assert.True(Parse(new string('_', length)).Matches(name));
        Assert.True(Parse(name[..^1] + "%").Matches(name + "tail"));
        Assert.False(Parse(name).Matches(name + "a"));
        Assert.False(Parse(name).Matches(name[..^1]));
        Assert.False(Parse(name[..^1] + "!").Matches(name));
    }

    [Theory]
    [InlineData("[!-\uffff]", "\uffff", true)]
    [InlineData("[!-\uffff]", " ", false)]
    [InlineData("[b-m]x", "ax", false)]
    [InlineData("[b-mk-z]x", "zx", true)]
    public void Ranges_reach_as_far_as_they_say(string pattern, string name, bool matches) => Assert.Equal(matches, Parse(pattern).Matches(name));

    [Fact]
    public void Matching_agrees_with_trying_everything() =>
        Gen.Select(Gen.String[Gen.Char["ab%_"], 1, 12], Gen.String[Gen.Char["ab"], 0, 12]).Sample(
            (pattern, name) => Parse(pattern).Matches(name) == TryEverything(pattern, name), iter: 20_000);

    [Fact]
    public void The_example_of_a_pattern_matches_it() =>
        Gen.String[Gen.Char["abc%_"], 1, 12].Sample(pattern => Parse(pattern).Matches(Parse(pattern).Example("1")));

    [Fact]
    public void An_exact_pattern_knows_no_wildcards()
    {
        Assert.True(NamePattern.Exact("my_table").Matches("my_table"));
        Assert.False(NamePattern.Exact("my_table").Matches("myXtable"));
    }

    private static NamePattern Parse(string text)
    {
        Assert.True(NamePattern.TryParse(text, out var pattern, out var fault), fault);
        return pattern!;
    }

    private static bool TryEverything(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        pattern.IsEmpty ? name.IsEmpty
        : pattern[0] == '%' ? TryEverything(pattern[1..], name) || (!name.IsEmpty && TryEverything(pattern, name[1..]))
        : !name.IsEmpty && (pattern[0] == '_' || pattern[0] == name[0]) && TryEverything(pattern[1..], name[1..]);
}
