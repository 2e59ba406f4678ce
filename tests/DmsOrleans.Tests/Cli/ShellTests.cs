using DmsOrleans.Cli;
using DmsOrleans.Cli.Shell;

namespace DmsOrleans.Tests.Cli;

/// <summary>The prompt: words, editing, history, completion.</summary>
public sealed class ShellTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  list   --status running ", new[] { "list", "--status", "running" })]
    [InlineData("""create --table-mappings '{"a": 1}'""", new[] { "create", "--table-mappings", """{"a": 1}""" })]
    [InlineData("a \"b c\"d '' e\\ f", new[] { "a", "b cd", "", "e f" })]
    public void Lines_are_cut_as_shells_do(string line, string[] words) => Assert.Equal(words, ShellWords.Split(line));

    [Fact]
    public void An_open_quote_is_refused() => Assert.Throws<UsageException>(() => ShellWords.Split("a 'b"));

    [Fact]
    public async Task Keys_edit_the_line() => Assert.Equal("start one", (await TypeAsync("stXart", Left, Left, Left, Backspace, End, " oneX", Backspace, Enter)).Single());

    [Fact]
    public async Task Words_and_halves_of_the_line_are_removed_with_readlines_keys()
    {
        Assert.Equal("list ", (await TypeAsync("list running", Control(ConsoleKey.W), Enter)).Single());
        Assert.Equal("running", (await TypeAsync("list running", Control(ConsoleKey.LeftArrow), Control(ConsoleKey.U), Enter)).Single());
        Assert.Equal("li", (await TypeAsync("list", Left, Left, Control(ConsoleKey.K), Enter)).Single());
    }

    [Fact]
    public async Task Earlier_lines_come_back_with_the_arrows() =>
        Assert.Equal(["one", "two", "one", "two"], await TypeAsync("one", Enter, "two", Enter, Up, Up, Enter, Up, Up, Enter));

    [Fact]
    public async Task Tab_completes_what_is_common_and_adds_a_blank_when_it_is_the_only_one()
    {
        Assert.Equal("describe ", (await TypeAsync("d", Tab, Enter)).Single());
        Assert.Equal("start-", (await TypeAsync("sta", Tab, Enter)).Single());
    }

    [Fact]
    public async Task Tab_offers_the_candidates_when_there_are_several()
    {
        using var screen = new StringWriter();
        await TypeAsync(screen, "start-", Tab, Enter);

        Assert.Contains("start-all  start-one", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_drops_the_line_and_Ctrl_D_ends()
    {
        using var screen = new StringWriter();
        var editor = Editor(screen, "abc", Control(ConsoleKey.C), Control(ConsoleKey.D));

        Assert.Equal(LineEnd.Dropped, (await editor.ReadAsync()).End);
        Assert.Equal(LineEnd.Closed, (await editor.ReadAsync()).End);
    }

    private static readonly ConsoleKeyInfo Enter = new('\r', ConsoleKey.Enter, false, false, false);
    private static readonly ConsoleKeyInfo Tab = new('\t', ConsoleKey.Tab, false, false, false);
    private static readonly ConsoleKeyInfo Left = new('\0', ConsoleKey.LeftArrow, false, false, false);
    private static readonly ConsoleKeyInfo Up = new('\0', ConsoleKey.UpArrow, false, false, false);
    private static readonly ConsoleKeyInfo End = new('\0', ConsoleKey.End, false, false, false);
    private static readonly ConsoleKeyInfo Backspace = new('\b', ConsoleKey.Backspace, false, false, false);

    private static ConsoleKeyInfo Control(ConsoleKey key) => new('\0', key, false, false, true);

    private static Task<List<string>> TypeAsync(params object[] keys) => TypeAsync(TextWriter.Null, keys);

    private static async Task<List<string>> TypeAsync(TextWriter screen, params object[] keys)
    {
        var editor = Editor(screen, keys);
        var lines = new List<string>();
        for (var i = 0; i < keys.Count(k => Equals(k, Enter)); i++)
        {
            lines.Add((await editor.ReadAsync()).Line);
        }

        return lines;
    }

    private static LineEditor Editor(TextWriter screen, params object[] keys)
    {
        var typed = new Queue<ConsoleKeyInfo>(keys.SelectMany(k => k is string text
            ? text.Select(c => new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false))
            : [(ConsoleKeyInfo)k]));
        string[] words = ["describe", "start-all", "start-one", "stop"];
        return new LineEditor("dms> ", typed.Dequeue, screen, () => 80, _ => Task.FromResult<IReadOnlyList<string>>(words));
    }
}
