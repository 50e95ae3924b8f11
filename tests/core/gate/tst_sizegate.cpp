#include "core/gate/sizegate.h"

#include <QTest>

using namespace framescope;

class TestSizeGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decidesAtTheExactByte_data();
    void decidesAtTheExactByte();
    void defaultLimitsAreOneAndFiveMebibytes();
    void textSizeIsItsSizeAsUtf8_data();
    void textSizeIsItsSizeAsUtf8();
    void surrogatePairAcrossAnyPlaceCountsFourBytes();
    void binarySizeIsItsByteCount();
    void emptyTextHasNoBytes();
};

void TestSizeGate::decidesAtTheExactByte_data()
{
    QTest::addColumn<quint64>("size");
    QTest::addColumn<int>("decision");
    const SizeLimits limits;
    QTest::newRow("nothing") << quint64(0) << int(GateDecision::Pass);
    QTest::newRow("at the flag limit") << limits.flagBytes << int(GateDecision::Pass);
    QTest::newRow("one byte over the flag limit") << limits.flagBytes + 1 << int(GateDecision::Flag);
    QTest::newRow("at the gate") << limits.refuseBytes << int(GateDecision::Flag);
    QTest::newRow("one byte over the gate") << limits.refuseBytes + 1 << int(GateDecision::Refuse);
    QTest::newRow("the largest number") << std::numeric_limits<quint64>::max() << int(GateDecision::Refuse);
}

void TestSizeGate::decidesAtTheExactByte()
{
    QFETCH(quint64, size);
    QFETCH(int, decision);
    QCOMPARE(int(gateDecision(size, {})), decision);
}

void TestSizeGate::defaultLimitsAreOneAndFiveMebibytes()
{
    const SizeLimits limits;
    QCOMPARE(limits.flagBytes, quint64(1'048'576));
    QCOMPARE(limits.refuseBytes, quint64(5'242'880));
}

void TestSizeGate::textSizeIsItsSizeAsUtf8_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("ASCII") << QStringLiteral("{\"type\":\"keepalive\"}");
    QTest::newRow("two-byte letters") << QStringLiteral("Zoë Müller, Español");
    QTest::newRow("last of one byte, first of two") << QString(QChar(0x7f)) + QChar(0x80);
    QTest::newRow("last of two bytes, first of three") << QString(QChar(0x7ff)) + QChar(0x800);
    QTest::newRow("three-byte letters") << QStringLiteral("顧客対応センター");
    QTest::newRow("around the surrogates") << QString(QChar(0xd7ff)) + QChar(0xe000) + QChar(0xffff);
    QTest::newRow("four-byte symbols") << QStringLiteral("📞🎧 call 📞");
    QTest::newRow("lone high surrogate") << QStringLiteral("a") + QChar(0xd83d) + QStringLiteral("b");
    QTest::newRow("lone low surrogate") << QStringLiteral("a") + QChar(0xde00) + QStringLiteral("b");
    QTest::newRow("high surrogate at the end") << QStringLiteral("a") + QChar(0xd83d);
    QTest::newRow("surrogates the wrong way round") << QString(QChar(0xde00)) + QChar(0xd83d);
    QTest::newRow("longer than a block, ASCII") << QString(100'000, u'x');
    QTest::newRow("longer than a block, two bytes each") << QString(100'000, u'ü');
    QTest::newRow("longer than a block, three bytes each") << QString(100'000, QChar(0x9867));
    QTest::newRow("symbols after many blocks") << QString(100'000, u'ü') + QStringLiteral("🎧") + QString(70'000, u'y');
}

void TestSizeGate::textSizeIsItsSizeAsUtf8()
{
    QFETCH(QString, text);
    RawFrame frame;
    frame.text = text;
    QCOMPARE(wireSizeBytes(frame), quint64(text.toUtf8().size()));
}

void TestSizeGate::surrogatePairAcrossAnyPlaceCountsFourBytes()
{
    // Around 16 Ki units the counting goes from one block to the next: a pair may stand right across.
    for (qsizetype before = 16 * 1024 - 3; before <= 16 * 1024 + 3; ++before) {
        const QString text = QString(before, u'x') + QStringLiteral("🎧") + QString(10, u'é');
        RawFrame frame;
        frame.text = text;
        QCOMPARE(wireSizeBytes(frame), quint64(before + 4 + 20));
    }
}

void TestSizeGate::binarySizeIsItsByteCount()
{
    const QByteArray bytes(70'001, '\xff');
    RawFrame frame;
    frame.opcode = Opcode::Binary;
    frame.bytes = bytes;
    QCOMPARE(wireSizeBytes(frame), quint64(70'001));
}

void TestSizeGate::emptyTextHasNoBytes()
{
    RawFrame frame;
    frame.text = QStringView(u"");
    QCOMPARE(wireSizeBytes(frame), quint64(0));
    QCOMPARE(wireSizeBytes(RawFrame()), quint64(0));
}

QTEST_APPLESS_MAIN(TestSizeGate)
#include "tst_sizegate.moc"
