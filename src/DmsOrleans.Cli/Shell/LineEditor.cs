namespace DmsOrleans.Cli.Shell;

/// <summary>What ends the editing of a line.</summary>
internal enum LineEnd
{
    /// <summary>Enter.</summary>
    Entered,

    /// <summary>Ctrl-C: the line is dropped.</summary>
    Dropped,

    /// <summary>Ctrl-D on an empty line: the user goes.</summary>
    Closed,
}

/// <summary>
/// Reads lines from a keyboard with editing, history and completion. Our own, because the one line editor made for Spectre.Console does
/// not load beside the Spectre.Console used here. The history lives as long as the shell: lines may hold passwords.
/// </summary>
internal sealed class LineEditor(
    string prompt, Func<ConsoleKeyInfo> readKey, TextWriter screen, Func<int> width, Func<string, Task<IReadOnlyList<string>>> complete)
{
    private const int MostRemembered = 1000;
    private readonly List<string> history = [];

    /// <summary>Edits one line until a key ends it.</summary>
    public async Task<(string Line, LineEnd End)> ReadAsync()
    {
        var line = new EditedLine();
        var recalled = history.Count;
        while (true)
        {
            Draw(line);
            var key = readKey();
            var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter: return Finish(line.Text, LineEnd.Entered);
                case ConsoleKey.C when control: return Finish(line.Text + "^C", LineEnd.Dropped);
                case ConsoleKey.D when control && line.Text.Length == 0: return Finish("", LineEnd.Closed);
                case ConsoleKey.Tab: await CompleteAsync(line); break;
                case ConsoleKey.UpArrow: case ConsoleKey.P when control: Recall(line, ref recalled, -1); break;
                case ConsoleKey.DownArrow: case ConsoleKey.N when control: Recall(line, ref recalled, 1); break;
                case ConsoleKey.L when control: screen.Write("\x1b[2J\x1b[H"); break;
                default: line.Edit(key); break;
            }
        }
    }

    private (string, LineEnd) Finish(string text, LineEnd end)
    {
        screen.Write($"\r{prompt}{text}\x1b[K\r\n");
        if (end == LineEnd.Entered && text.Trim().Length > 0 && (history.Count == 0 || history[^1] != text))
        {
            history.Add(text);
            if (history.Count > MostRemembered)
            {
                history.RemoveAt(0);
            }
        }

        return (text, end);
    }

    private void Recall(EditedLine line, ref int recalled, int step)
    {
        recalled = Math.Clamp(recalled + step, 0, history.Count);
        line.Replace(recalled == history.Count ? "" : history[recalled]);
    }

    private async Task CompleteAsync(EditedLine line)
    {
        var before = line.Text[..line.Cursor];
        var word = before[(before.LastIndexOf(' ') + 1)..];
        var candidates = (await complete(before)).Where(c => c.StartsWith(word, StringComparison.Ordinal)).Distinct().ToList();
        if (candidates.Count == 1)
        {
            line.Insert(candidates[0][word.Length..] + " ");
            return;
        }

        var common = CommonStart(candidates);
        if (common.Length > word.Length)
        {
            line.Insert(common[word.Length..]);
        }
        else if (candidates.Count > 1)
        {
            Offer(candidates);
        }
    }

    private void Offer(List<string> candidates)
    {
        const int Most = 60;
        var more = candidates.Count > Most ? $"  ... and {candidates.Count - Most} more" : "";
        screen.Write($"\r\n{string.Join("  ", candidates.Take(Most))}{more}\r\n");
    }

    private static string CommonStart(List<string> candidates)
    {
        if (candidates.Count == 0)
        {
            return "";
        }

        var length = candidates.Min(c => c.Length);
        return candidates[0][..Enumerable.Range(0, length).TakeWhile(i => candidates.All(c => c[i] == candidates[0][i])).Count()];
    }

    // A line longer than the screen is shown through a window around the cursor, so that one row is all there is to redraw.
    private void Draw(EditedLine line)
    {
        var room = Math.Max(8, width() - prompt.Length - 1);
        var from = Math.Max(0, line.Cursor - room + 1);
        var shown = line.Text[from..Math.Min(line.Text.Length, from + room)];
        var column = prompt.Length + line.Cursor - from;
        screen.Write($"\r{prompt}{shown}\x1b[K\r{(column > 0 ? $"\x1b[{column}C" : "")}");
        screen.Flush();
    }
}
