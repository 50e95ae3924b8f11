#pragma once
/// The tab Bytes of the detail pane: offset, hex and ASCII. Only the lines in sight are painted, so a payload of
/// megabytes costs what a small one does. The ranges of findings are tinted. Ctrl+C copies the marked bytes, or else
/// the first 64 KiB, as a hex dump. Thread: gui.
#include "core/frame/frame.h"

#include <QAbstractScrollArea>

namespace framescope {

class BytesView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit BytesView(QWidget* parent = nullptr);

    void setFrame(const Frame& frame);
    [[nodiscard]] int bytesPerLine() const { return m_bytesPerLine; }
    /// Lines of bytes [from, to) as they are painted.
    [[nodiscard]] QString dump(qsizetype from, qsizetype to) const;
    [[nodiscard]] QString notice() const { return m_notice; }
    void copy() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void measure();
    void revealFirstMark();
    void paintLine(QPainter& painter, qsizetype line, int top) const;
    void paintMarks(QPainter& painter, qsizetype begin, qsizetype end, int top) const;
    [[nodiscard]] int hexLeft(qsizetype column) const;
    [[nodiscard]] int asciiLeft(qsizetype column) const;
    [[nodiscard]] qsizetype lineCount() const;

    QByteArray m_payload;
    std::vector<Finding> m_findings;
    QString m_notice; ///< why there are no bytes
    int m_bytesPerLine = 16;
    int m_charWidth = 8;
    int m_lineHeight = 18;
};

} // namespace framescope
