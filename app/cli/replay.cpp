#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/base/clock.h"
#include "core/replay/replaypace.h"
#include "core/replay/replayreader.h"
#include "core/simulator/messageserver.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>

namespace framescope::cli {

namespace {

const QString replayCommandName = QStringLiteral("replay");

/// The messages that a session received, as a client of ours receives them again.
class SessionScript final : public MessageScript
{
public:
    SessionScript(std::unique_ptr<ReplayReader> reader, double speed)
        : m_reader(std::move(reader))
        , m_pace(speed)
    {
    }

    std::optional<qint64> untilNextNs() override
    {
        while (!m_hasFrame) {
            const Expected<bool> entry = m_reader->advance();
            if (!entry)
                m_error = entry.error();
            if (!entry || !*entry) {
                sayWhatIsMissing();
                return std::nullopt;
            }
            m_hasFrame = m_reader->isFrame() && isServed();
        }
        return m_pace.waitNs(m_reader->head().monoNs, monotonicNs());
    }

    Message take() override
    {
        m_hasFrame = false;
        m_masked += (m_reader->head().flags & FrameFlag::Masked) != 0 ? 1 : 0;
        return {m_reader->head().opcode == Opcode::Text, m_reader->payload()};
    }

    std::optional<Error> error() const override { return m_error; }

private:
    /// A server does not send what its client said, nor what nobody kept.
    bool isServed()
    {
        if (m_reader->head().direction == Direction::Out)
            ++m_outgoing;
        else if (!m_reader->hasPayload())
            ++m_withoutPayload;
        else
            return true;
        return false;
    }

    void sayWhatIsMissing() const
    {
        if (m_withoutPayload > 0)
            say(QStringLiteral("%1 frames were left out: the session has not their payload")
                    .arg(grouped(m_withoutPayload)),
                Tone::Warning);
        if (m_outgoing > 0)
            say(QStringLiteral("%1 messages were left out: the recording program had sent them")
                    .arg(grouped(m_outgoing)));
        if (m_masked > 0)
            say(QStringLiteral("%1 messages were sent as the session keeps them: masked").arg(grouped(m_masked)),
                Tone::Warning);
    }

    std::unique_ptr<ReplayReader> m_reader;
    ReplayPace m_pace;
    std::optional<Error> m_error;
    quint64 m_withoutPayload = 0;
    quint64 m_outgoing = 0;
    quint64 m_masked = 0;
    bool m_hasFrame = false;
};

std::optional<double> speedOf(const QString& text)
{
    if (text == QStringLiteral("max"))
        return ReplayPace::unpaced;
    bool ok = false;
    const double speed = text.toDouble(&ok);
    return ok && ReplayPace::isSpeed(speed) ? std::optional(speed) : std::nullopt;
}

QString atSpeed(double speed)
{
    return speed == ReplayPace::unpaced ? QStringLiteral("as fast as it is read")
                                        : QStringLiteral("at %1 times its speed").arg(speed);
}

void sayWhenClientsComeAndGo(MessageServer& server)
{
    QObject::connect(&server, &MessageServer::clientCame, &server,
                     [](quint64 number) { say(QStringLiteral("Client %1 is connected").arg(number)); });
    QObject::connect(&server, &MessageServer::clientEnded, &server, [](const ServedClient& client) {
        const QString sent = QStringLiteral("Client %1 has ended: sent %2 messages (%3)")
                                 .arg(client.number)
                                 .arg(grouped(client.messages), inBytes(client.bytes));
        if (client.error)
            say(sent + QStringLiteral(", then: ") + inWords(*client.error), Tone::Bad);
        else
            say(sent + (client.isComplete ? QStringLiteral(", all of them") : QStringLiteral(", not all")));
    });
}

int serve(const QString& path, quint16 port, double speed)
{
    SignalWatcher signalWatcher;
    const Expected<std::unique_ptr<ReplayReader>> first = ReplayReader::open(path);
    if (!first) {
        say(QStringLiteral("framescope-cli replay: ") + inWords(first.error()), Tone::Bad);
        return exitCodeOf(first.error());
    }
    MessageServer server([path, speed]() -> Expected<std::unique_ptr<MessageScript>> {
        Expected<std::unique_ptr<ReplayReader>> own = ReplayReader::open(path);
        if (!own)
            return tl::unexpected(own.error());
        return std::make_unique<SessionScript>(std::move(*own), speed);
    });
    if (const Expected<quint16> listening = server.start(port); !listening) {
        say(QStringLiteral("framescope-cli replay: ") + inWords(listening.error()), Tone::Bad);
        return ExitFailure;
    }
    sayWhenClientsComeAndGo(server);
    QObject::connect(&signalWatcher, &SignalWatcher::interrupted, QCoreApplication::instance(),
                     [] { QCoreApplication::exit(ExitDone); });
    OutputDevice().write("STREAM_URL=" + server.url().toEncoded() + '\n');
    say(QStringLiteral("REPLAY of %1: %2 frames, %3, for each client from the beginning, until Ctrl+C")
            .arg(QFileInfo(path).fileName(), grouped((*first)->extent().frames), atSpeed(speed)));
    return QCoreApplication::exec();
}

} // namespace

int runReplay(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Serves the messages of a session as a WebSocket server on the loopback address, for any client: text as\n"
        "text, binary as binary, in their order and spacing. Each client gets them from the beginning, then a close\n"
        "with 1000. Prints the URL, and runs until a signal. Every program on this machine can connect; web pages of\n"
        "other origins cannot."));
    parser.addPositionalArgument(QStringLiteral("SESSION"), QStringLiteral("The session file."));
    parser.addOptions(
        {{QStringLiteral("port"), QStringLiteral("Port to listen on; default: any free one."), QStringLiteral("N")},
         {QStringLiteral("speed"),
          QStringLiteral("0.1 to 100 times its own speed; default 1. 0 or max: as fast as it is read."),
          QStringLiteral("X")}});
    if (const std::optional<int> done =
            parseArguments(parser, replayCommandName, QStringLiteral("SESSION [OPTIONS]"), arguments))
        return *done;
    const QStringList positional = parser.positionalArguments();
    if (positional.size() != 1)
        return usageError(replayCommandName, QStringLiteral("one session file is expected"));
    bool ok = true;
    const quint16 port = parser.isSet(QStringLiteral("port")) ? parser.value(QStringLiteral("port")).toUShort(&ok) : 0;
    if (!ok)
        return usageError(replayCommandName, QStringLiteral("--port takes a number from 0 (any free one) to 65535"));
    const std::optional<double> speed =
        parser.isSet(QStringLiteral("speed")) ? speedOf(parser.value(QStringLiteral("speed"))) : std::optional(1.0);
    if (!speed)
        return usageError(replayCommandName,
                          QStringLiteral("--speed takes a number from 0.1 to 100, or max (as fast as it is read)"));
    return serve(positional.first(), port, *speed);
}

} // namespace framescope::cli
