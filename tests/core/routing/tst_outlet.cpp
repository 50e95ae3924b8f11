#include "core/frame/framejson.h"
#include "core/routing/outlet.h"
#include "tests/support/framebuilder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace framescope;
using test::FrameSpec;
using test::makeBatch;

class TestOutlet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void streamsTheSameLinesToEveryListener();
    void isForTheUserAlone();
    void slowListenerLosesWholeLinesAloneAndIsTold();
    void reportsDropsAtMostOnceASecondAndNeverFromWithin();
    void lineLargerThanTheQueueStillArrives();
    void listenerThatLeavesIsForgotten();
    void listenerThatTalksIsReadAndForgotten();
    void refusesMoreListenersThanItsLimit();
    void nameInUseIsBusy();
    void socketLeftBehindIsReplaced();
    void neverDeletesAFileThatIsNoSocket();
    void emptyNameIsRefused();

private:
    [[nodiscard]] QString name() const { return m_folder->filePath(QStringLiteral("outlet")); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

FrameBatchPtr batchOf(int count, quint64 firstNumber, qsizetype payloadBytes = 100)
{
    FrameSpec spec;
    spec.payload = "{\"type\":\"interaction.update\",\"text\":\"" + QByteArray(payloadBytes, 'x') + "\"}";
    return makeBatch(std::vector<FrameSpec>(std::size_t(count), spec), firstNumber, firstNumber);
}

QByteArray linesOf(const FrameBatchPtr& batch)
{
    QByteArray lines;
    for (std::size_t i = 0; i < batch->size(); ++i)
        lines += frameToJsonLine(*batch, i);
    return lines;
}

std::unique_ptr<QLocalSocket> connectTo(const QString& name)
{
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(name);
    return socket;
}

/// Takes lines out of @p received: the numbers of frames and the sum of {"dropped":N}. Fails on half a line.
struct Taken
{
    quint64 frames = 0;
    quint64 dropped = 0;
    quint64 gaps = 0; ///< places where numbers are missing without a notice before them
    quint64 next = 1;
    void take(const QByteArray& received)
    {
        for (const QByteArray& line : received.split('\n')) {
            if (line.isEmpty())
                continue;
            QJsonParseError error;
            const QJsonObject object = QJsonDocument::fromJson(line, &error).object();
            QVERIFY2(error.error == QJsonParseError::NoError, line.left(200).constData());
            if (object.contains(QStringLiteral("dropped"))) {
                dropped += quint64(object.value(QStringLiteral("dropped")).toInteger());
                next += quint64(object.value(QStringLiteral("dropped")).toInteger());
            } else {
                ++frames;
                const quint64 number = quint64(object.value(QStringLiteral("frame_no")).toInteger());
                gaps += number == next ? 0 : 1;
                next = number + 1;
            }
        }
    }
};

} // namespace

void TestOutlet::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestOutlet::streamsTheSameLinesToEveryListener()
{
    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    QCOMPARE(outlet.path(), name());
    outlet.consumeBatch(batchOf(3, 1)); // nobody listens yet
    const auto first = connectTo(name());
    const auto second = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 2);

    QByteArray expected;
    for (quint64 i = 0; i < 5; ++i) {
        const FrameBatchPtr batch = batchOf(7, 4 + i * 7);
        outlet.consumeBatch(batch);
        expected += linesOf(batch);
    }
    outlet.consumeEvent(auditEvent(AuditAction::Connected, Severity::Note, QStringLiteral("ws://127.0.0.1/")));
    QTRY_COMPARE(first->bytesAvailable(), expected.size());
    QTRY_COMPARE(second->bytesAvailable(), expected.size());
    QCOMPARE(first->readAll(), expected);
    QCOMPARE(second->readAll(), expected);
    QCOMPARE(outlet.droppedFrames(), quint64(0));
}

void TestOutlet::isForTheUserAlone()
{
    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    const QFileDevice::Permissions others =
        QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    QVERIFY((QFileInfo(outlet.path()).permissions() & others) == QFileDevice::Permissions());
}

void TestOutlet::slowListenerLosesWholeLinesAloneAndIsTold()
{
    Outlet outlet(64 * 1024);
    QVERIFY(outlet.listen(name()));
    const auto slow = connectTo(name());
    slow->setReadBufferSize(1024); // takes a little, then stands still until it is read
    const auto quick = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 2);

    Taken quickTaken;
    QByteArray quickBytes;
    connect(quick.get(), &QLocalSocket::readyRead, this, [&] { quickBytes += quick->readAll(); });
    quint64 sent = 0;
    while (outlet.droppedFrames() < 50 && sent < 10'000) {
        // A small line that would still fit must not slip in where a large one is missing.
        outlet.consumeBatch(batchOf(1, sent + 1, 20'000));
        outlet.consumeBatch(batchOf(1, sent + 2, 10));
        sent += 2;
        QTRY_VERIFY(quickBytes.count('\n') == qsizetype(sent));
    }
    const quint64 dropped = outlet.droppedFrames();
    QVERIFY(dropped >= 50);
    quickTaken.take(quickBytes);
    QCOMPARE(quickTaken.frames, sent);
    QCOMPARE(quickTaken.dropped, quint64(0));

    // It reads again: what was queued, then how many are missing, then what comes.
    QByteArray slowBytes;
    connect(slow.get(), &QLocalSocket::readyRead, this, [&] { slowBytes += slow->readAll(); });
    slow->setReadBufferSize(0);
    slowBytes += slow->readAll();
    QTRY_VERIFY(slowBytes.contains("{\"dropped\":"));
    outlet.consumeBatch(batchOf(3, sent + 1));
    QTRY_VERIFY(slowBytes.count("\"frame_no\"") == qsizetype(sent + 3 - dropped));
    Taken slowTaken;
    slowTaken.take(slowBytes);
    QCOMPARE(slowTaken.dropped, dropped);
    QCOMPARE(slowTaken.frames, sent + 3 - dropped);
    QCOMPARE(slowTaken.gaps, quint64(0));
    QCOMPARE(outlet.droppedFrames(), dropped);
}

void TestOutlet::reportsDropsAtMostOnceASecondAndNeverFromWithin()
{
    Outlet outlet(16 * 1024);
    QVERIFY(outlet.listen(name()));
    bool within = false;
    bool calledWithin = false;
    std::vector<AuditEvent> events;
    QElapsedTimer timer;
    std::vector<qint64> times;
    timer.start();
    outlet.onEvent([&](const AuditEvent& event) {
        calledWithin = calledWithin || within;
        events.push_back(event);
        times.push_back(timer.elapsed());
    });
    const auto slow = connectTo(name());
    slow->setReadBufferSize(1024);
    QTRY_COMPARE(outlet.listenerCount(), 1);

    quint64 number = 1;
    const auto feed = [&] {
        within = true;
        outlet.consumeBatch(batchOf(1, number++, 10'000));
        within = false;
        QCoreApplication::processEvents(); // as the pipeline's event loop comes round
    };
    while (events.size() < 3 && timer.elapsed() < 30'000)
        feed();
    QVERIFY(events.size() >= 3);
    QVERIFY(!calledWithin);
    quint64 told = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(int(events[i].action), int(AuditAction::ListenerDropped));
        told += quint64(QJsonDocument::fromJson(events[i].detail).object().value(QStringLiteral("frames")).toInteger());
        if (i > 0)
            QVERIFY(times[i] - times[i - 1] >= 900);
    }
    QTRY_COMPARE_WITH_TIMEOUT(told, outlet.droppedFrames(), 1); // nothing was dropped after the last event
}

void TestOutlet::lineLargerThanTheQueueStillArrives()
{
    Outlet outlet(1024);
    QVERIFY(outlet.listen(name()));
    const auto listener = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 1);
    const FrameBatchPtr batch = batchOf(1, 1, 2 * 1024 * 1024);
    outlet.consumeBatch(batch);
    const QByteArray expected = linesOf(batch);
    QTRY_COMPARE(listener->bytesAvailable(), expected.size());
    QCOMPARE(listener->readAll(), expected);
}

void TestOutlet::listenerThatLeavesIsForgotten()
{
    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    auto leaving = connectTo(name());
    const auto staying = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 2);
    leaving.reset();
    for (quint64 i = 0; i < 10; ++i)
        outlet.consumeBatch(batchOf(1, i + 1));
    QTRY_COMPARE(outlet.listenerCount(), 1);
    outlet.consumeBatch(batchOf(1, 11));
    QTRY_COMPARE(staying->peek(staying->bytesAvailable()).count('\n') + 0, 11);
    QCOMPARE(outlet.droppedFrames(), quint64(0));
}

void TestOutlet::listenerThatTalksIsReadAndForgotten()
{
    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    const auto talker = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 1);
    talker->write(QByteArray(4 * 1024 * 1024, 'z')); // far more than any socket buffer: only a reader takes it
    QTRY_COMPARE(talker->bytesToWrite(), 0);
    outlet.consumeBatch(batchOf(1, 1));
    QTRY_COMPARE(talker->peek(talker->bytesAvailable()).count('\n') + 0, 1);
}

void TestOutlet::refusesMoreListenersThanItsLimit()
{
    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    std::vector<std::unique_ptr<QLocalSocket>> sockets;
    for (int i = 0; i < Outlet::listenerLimit; ++i) {
        sockets.push_back(connectTo(name()));
        QTRY_COMPARE(outlet.listenerCount(), i + 1);
    }
    const auto further = connectTo(name());
    QTRY_COMPARE(further->state(), QLocalSocket::UnconnectedState);
    QCOMPARE(outlet.listenerCount(), Outlet::listenerLimit);
}

void TestOutlet::nameInUseIsBusy()
{
    Outlet first;
    QVERIFY(first.listen(name()));
    Outlet second;
    const Expected<void> answer = second.listen(name());
    QVERIFY(!answer);
    QCOMPARE(int(answer.error().code), int(ErrorCode::Busy));
    const auto listener = connectTo(name());
    QTRY_VERIFY(first.listenerCount() >= 1);
}

void TestOutlet::socketLeftBehindIsReplaced()
{
    // What a crash leaves: a socket file that nobody listens to.
    const QByteArray path = QFile::encodeName(name());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    QVERIFY(std::size_t(path.size()) < sizeof address.sun_path);
    std::copy(path.begin(), path.end(), address.sun_path);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    QCOMPARE(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(descriptor);
    QVERIFY(QFileInfo::exists(name()));

    Outlet outlet;
    QVERIFY(outlet.listen(name()));
    const auto listener = connectTo(name());
    QTRY_COMPARE(outlet.listenerCount(), 1);
}

void TestOutlet::neverDeletesAFileThatIsNoSocket()
{
    QFile file(name());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("my notes");
    file.close();
    Outlet outlet;
    const Expected<void> answer = outlet.listen(name());
    QVERIFY(!answer);
    QCOMPARE(int(answer.error().code), int(ErrorCode::InvalidArgument));
    QCOMPARE(QFileInfo(name()).size(), qint64(8));
}

void TestOutlet::emptyNameIsRefused()
{
    Outlet outlet;
    const Expected<void> answer = outlet.listen(QString());
    QVERIFY(!answer);
    QCOMPARE(int(answer.error().code), int(ErrorCode::InvalidArgument));
}

QTEST_GUILESS_MAIN(TestOutlet)
#include "tst_outlet.moc"
