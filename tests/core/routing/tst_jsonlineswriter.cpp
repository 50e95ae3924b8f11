#include "core/frame/framejson.h"
#include "core/routing/jsonlineswriter.h"
#include "tests/support/framebuilder.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <csignal>
#include <poll.h>
#include <thread>
#include <unistd.h>

using namespace framescope;
using namespace std::chrono_literals;
using test::FrameSpec;
using test::makeBatch;

class TestJsonLinesWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // as the program does
    void writesEachFrameAsALineInOrder();
    void writesWantedFramesOnly();
    void slowReaderLosesWholeLinesAndIsTold();
    void readerThatStandsStillHoldsUpNothing();
    void readerThatHasGoneEndsItQuietly();
};

namespace {

FrameBatchPtr batchOf(int count, quint64 firstNumber, qsizetype payloadBytes = 100)
{
    FrameSpec spec;
    spec.payload = "{\"type\":\"interaction.update\",\"text\":\"" + QByteArray(payloadBytes, 'x') + "\"}";
    return makeBatch(std::vector<FrameSpec>(std::size_t(count), spec), firstNumber, firstNumber);
}

/// A pipe whose reading end is drained by a thread once read() is called.
class Pipe
{
public:
    Pipe()
    {
        if (pipe(m_ends.data()) != 0)
            qFatal("no pipe");
    }
    ~Pipe()
    {
        closeWriting();
        (void)text();
        closeReading();
    }
    [[nodiscard]] int writing() const { return m_ends[1]; }
    void read()
    {
        m_reader = std::thread([this] {
            QByteArray block(64 * 1024, '\0');
            ssize_t size = 0;
            while ((size = ::read(m_ends[0], block.data(), std::size_t(block.size()))) > 0)
                m_text.append(block.constData(), size);
        });
    }
    void closeWriting()
    {
        if (m_ends[1] >= 0)
            ::close(std::exchange(m_ends[1], -1));
    }
    void closeReading()
    {
        if (m_ends[0] >= 0)
            ::close(std::exchange(m_ends[0], -1));
    }
    /// All that was read, up to the end of the pipe.
    QByteArray text()
    {
        if (m_reader.joinable())
            m_reader.join();
        return m_text;
    }

private:
    std::array<int, 2> m_ends{-1, -1};
    std::thread m_reader;
    QByteArray m_text;
};

} // namespace

void TestJsonLinesWriter::writesEachFrameAsALineInOrder()
{
    Pipe pipe;
    pipe.read();
    JsonLinesWriter writer(pipe.writing());
    QByteArray expected;
    for (quint64 i = 0; i < 50; ++i) {
        const FrameBatchPtr batch = batchOf(20, i * 20 + 1);
        writer.consumeBatch(batch);
        for (std::size_t k = 0; k < batch->size(); ++k)
            expected += frameToJsonLine(*batch, k);
    }
    writer.consumeEvent(auditEvent(AuditAction::Connected, Severity::Note, QStringLiteral("ws://127.0.0.1/")));
    QVERIFY(writer.close(30s));
    pipe.closeWriting();
    QCOMPARE(pipe.text(), expected);
    QCOMPARE(writer.droppedFrames(), quint64(0));
}

void TestJsonLinesWriter::writesWantedFramesOnly()
{
    Pipe pipe;
    pipe.read();
    JsonLinesWriter writer(pipe.writing(),
                           [](const FrameBatch& batch, std::size_t i) { return batch.heads[i].number == 3; });
    const FrameBatchPtr batch = batchOf(5, 1);
    writer.consumeBatch(batch);
    QVERIFY(writer.close(30s));
    pipe.closeWriting();
    QCOMPARE(pipe.text(), frameToJsonLine(*batch, 2));
}

void TestJsonLinesWriter::slowReaderLosesWholeLinesAndIsTold()
{
    Pipe pipe;
    JsonLinesWriter writer(pipe.writing(), {}, 64 * 1024);
    quint64 sent = 0;
    while (writer.droppedFrames() < 20 && sent < 10'000)
        writer.consumeBatch(batchOf(1, ++sent, 10'000));
    const quint64 dropped = writer.droppedFrames();
    QVERIFY(dropped >= 20);
    pipe.read();
    QVERIFY(writer.close(30s));
    pipe.closeWriting();

    quint64 frames = 0;
    quint64 told = 0;
    for (const QByteArray& line : pipe.text().split('\n')) {
        if (line.isEmpty())
            continue;
        QJsonParseError error;
        const QJsonObject object = QJsonDocument::fromJson(line, &error).object();
        QVERIFY2(error.error == QJsonParseError::NoError, line.left(200).constData());
        frames += object.contains(QStringLiteral("frame_no")) ? 1 : 0;
        told += quint64(object.value(QStringLiteral("dropped")).toInteger());
    }
    QCOMPARE(frames, sent - dropped);
    QCOMPARE(told, dropped);
}

void TestJsonLinesWriter::readerThatStandsStillHoldsUpNothing()
{
    Pipe pipe; // never read
    QElapsedTimer timer;
    timer.start();
    {
        JsonLinesWriter writer(pipe.writing(), {}, 64 * 1024);
        for (quint64 i = 1; i <= 500; ++i)
            writer.consumeBatch(batchOf(1, i, 10'000));
        QVERIFY(!writer.close(100ms));
        QVERIFY(!writer.isBroken());
    }
    QVERIFY(timer.elapsed() < 30'000); // not a speed: that it ends at all
}

void TestJsonLinesWriter::readerThatHasGoneEndsItQuietly()
{
    Pipe pipe;
    pipe.closeReading();
    JsonLinesWriter writer(pipe.writing(), {}, 64 * 1024);
    writer.consumeBatch(batchOf(1, 1));
    QTRY_VERIFY(writer.isBroken());
    for (quint64 i = 2; i <= 100; ++i)
        writer.consumeBatch(batchOf(1, i, 10'000));
    QCOMPARE(writer.droppedFrames(), quint64(0));
    QVERIFY(!writer.close(10s));
}

QTEST_GUILESS_MAIN(TestJsonLinesWriter)
#include "tst_jsonlineswriter.moc"
